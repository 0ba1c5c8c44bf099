import type { ServerKind } from './server-kind.ts';

/** The conformance cases in which a server does not behave as AWS, by id, and what it was seen to do instead. */
type Differences = Readonly<Record<string, string>>;

const elasticMq: Differences = {
  'trace-header-md5': 'answers no MD5 of system attributes',
  'attribute-by-prefix': 'knows no prefixes: nothing matches',
  'largest-message': 'does not count message attributes: one byte more is taken',
  'queue-maximum-message-size': 'ignores MaximumMessageSize',
  'empty-body-refused': 'calls the error InvalidAttributeValue',
  'illegal-character-refused': 'calls the error InvalidAttributeValue, and InvalidMessageContents its message',
  'too-many-attributes-refused': 'calls the error InvalidAttributeValue',
  'send-batch-partial': 'the entry fails alone, but as InvalidAttributeValue',
  'change-batch-partial': 'changes the visibility of a message that is not in flight',
  'batch-empty': 'an empty batch succeeds',
  'batch-id-characters': 'takes any id',
  'batch-too-long': 'calls the error InvalidAttributeValue, and MessageTooLong its message',
  'change-not-in-flight': 'changes the visibility of a message that is not in flight',
  'change-too-long': 'knows no maximum of 12 hours',
  'visibility-cap-from-receive': 'knows no maximum of 12 hours',
  'receive-visibility-too-long': 'knows no maximum of 12 hours',
  'delete-twice': 'the second delete fails with ReceiptHandleIsInvalid',
  'stale-delete': 'the delete fails with ReceiptHandleIsInvalid',
  'poll-of-deleted-queue': 'the poll ends after 20 seconds with a body that is not JSON',
  'wait-too-long': 'calls the error InvalidAttributeValue',
  'receive-too-many': 'calls the error InvalidAttributeValue',
  'fifo-expired-delete': 'the delete succeeds',
  'fifo-receive-attempt': 'the same messages come with other handles',
  'redrive-to-nowhere': 'calls the error QueueDoesNotExist',
  'redrive-to-other-type': 'takes a FIFO queue as the dead-letter queue of a standard queue',
  'move-task': 'messages keep their ids when they are moved',
  'move-task-of-no-dead-letter-queue': 'answers after 20 seconds with a body that is not JSON',
  'fifo-queue-name': 'calls the error InvalidAttributeName',
  'queue-name-characters': 'calls the error InvalidAttributeName',
  'all-queue-attributes': 'All lacks MaximumMessageSize and MessageRetentionPeriod',
  'unknown-attribute-refused': 'ignores the attribute',
  'attribute-out-of-range': 'takes the attribute',
};

const miniStack: Differences = {
  'trace-header-md5': 'answers no MD5 of system attributes',
  'largest-message': 'does not count message attributes: one byte more is taken',
  'too-many-attributes-refused': 'knows no maximum of ten',
  'change-batch-partial': 'changes the visibility of a message that is not in flight',
  'change-not-in-flight': 'changes the visibility of a message that is not in flight',
  'change-too-long': 'knows no maximum of 12 hours',
  'visibility-cap-from-receive': 'knows no maximum of 12 hours',
  'receive-visibility-too-long': 'knows no maximum of 12 hours',
  'delete-twice': 'the second delete fails with ReceiptHandleIsInvalid',
  'stale-delete': 'the delete fails with ReceiptHandleIsInvalid',
  'wait-too-long': 'waits for 21 seconds',
  'fifo-expired-delete': 'the delete succeeds',
  'fifo-receive-attempt': 'ignores the attempt id: the second receive gets nothing',
  'redrive-to-other-type': 'takes a FIFO queue as the dead-letter queue of a standard queue',
  'dead-letter-sources': 'has no ListDeadLetterSourceQueues',
  'move-task': 'has no StartMessageMoveTask',
  'move-task-of-no-dead-letter-queue': 'has no StartMessageMoveTask: the error is InvalidAction',
  'queue-name-characters': 'takes any name',
  'unknown-attribute-refused': 'ignores the attribute',
  'put-oversize-record': 'the record fails alone',
  'put-oversize-batch': 'knows no maximum of 4 MiB',
};

/** The ids of the cases in which the server is known to differ. */
export function differencesOf(name: ServerKind['name']): ReadonlySet<string> {
  return new Set(Object.keys(name === 'ElasticMQ' ? elasticMq : miniStack));
}
