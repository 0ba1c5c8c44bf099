import { missingParameter, notForThisQueueType, ServiceError } from './errors.ts';
import type { EntryFault } from './faults.ts';
import { asInput, type Input, optionalInteger, optionalList, optionalText, requiredText } from './input.ts';
import { md5OfAttributes } from './md5.ts';
import { messageBytes, parseMessageContent } from './message-content.ts';
import { parseAttributeSelection, viewDelivery } from './message-view.ts';
import type { Queue } from './queue.ts';

const maxBatchEntries = 10;
const maxBatchBytes = 1_048_576;
const maxVisibilitySeconds = 43_200;

/** SendMessage. */
export function sendMessage(queue: Queue, input: Input): object {
  const { settings } = queue;
  const delaySeconds = optionalInteger(input, 'DelaySeconds', 0, 900);
  if (settings.fifo && delaySeconds !== undefined && delaySeconds > 0) {
    throw notForThisQueueType('DelaySeconds', delaySeconds);
  }
  const content = parseMessageContent(input, settings);
  const { messageId, sequenceNumber } = queue.send(content, delaySeconds ?? settings.delaySeconds);
  const attributesMd5 = md5OfAttributes(content.attributes);
  const trace = content.traceHeader;
  return {
    MessageId: messageId,
    MD5OfMessageBody: content.bodyMd5,
    ...(attributesMd5 !== undefined && { MD5OfMessageAttributes: attributesMd5 }),
    ...(trace !== undefined && {
      MD5OfMessageSystemAttributes: md5OfAttributes({ AWSTraceHeader: { dataType: 'String', stringValue: trace } }),
    }),
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
  };
}

/** SendMessageBatch. */
export function sendMessageBatch(queue: Queue, input: Input, entryFault: EntryFault): object {
  const entries = parseEntries(input);
  const bytes = entries.reduce((sum, entry) => sum + messageBytes(entry), 0);
  if (bytes > maxBatchBytes) {
    throw new ServiceError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${maxBatchBytes} bytes. You have sent ${bytes} bytes.`,
    );
  }
  return eachEntry(entries, entryFault, (entry) => sendMessage(queue, entry));
}

/** ReceiveMessage. */
export async function receiveMessage(
  queue: Queue,
  input: Input,
  senderId: string,
  signal?: AbortSignal,
): Promise<object> {
  const { settings } = queue;
  const attemptId = optionalText(input, 'ReceiveRequestAttemptId');
  if (attemptId !== undefined && !settings.fifo) {
    throw notForThisQueueType('ReceiveRequestAttemptId', attemptId);
  }
  const selection = parseAttributeSelection(input);
  const deliveries = await queue.receive(
    {
      maxMessages: optionalInteger(input, 'MaxNumberOfMessages', 1, 10) ?? 1,
      waitSeconds: optionalInteger(input, 'WaitTimeSeconds', 0, 20) ?? settings.receiveWaitSeconds,
      visibilityTimeoutSeconds:
        optionalInteger(input, 'VisibilityTimeout', 0, maxVisibilitySeconds) ?? settings.visibilityTimeoutSeconds,
      attemptId,
    },
    signal,
  );
  if (deliveries.length === 0) return {};
  return { Messages: deliveries.map((delivery) => viewDelivery(delivery, senderId, selection)) };
}

/** DeleteMessage. */
export function deleteMessage(queue: Queue, input: Input): object {
  queue.delete(requiredText(input, 'ReceiptHandle'));
  return {};
}

/** DeleteMessageBatch. */
export function deleteMessageBatch(queue: Queue, input: Input, entryFault: EntryFault): object {
  return eachEntry(parseEntries(input), entryFault, (entry) => deleteMessage(queue, entry));
}

/** ChangeMessageVisibility. */
export function changeMessageVisibility(queue: Queue, input: Input): object {
  const seconds = optionalInteger(input, 'VisibilityTimeout', 0, maxVisibilitySeconds);
  const handle = requiredText(input, 'ReceiptHandle');
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  queue.changeVisibility(handle, seconds);
  return {};
}

/** ChangeMessageVisibilityBatch. */
export function changeMessageVisibilityBatch(queue: Queue, input: Input, entryFault: EntryFault): object {
  return eachEntry(parseEntries(input), entryFault, (entry) => changeMessageVisibility(queue, entry));
}

/** The entries of a batch, whose ids are checked and nothing else. */
function parseEntries(input: Input): readonly Input[] {
  const entries = optionalList(input, 'Entries').map((entry) => asInput(entry, 'an entry'));
  if (entries.length === 0) {
    throw new ServiceError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > maxBatchEntries) {
    const message = `Maximum number of entries per request are ${maxBatchEntries}. You have sent ${entries.length}.`;
    throw new ServiceError('TooManyEntriesInBatchRequest', message);
  }
  const ids = new Set<string>();
  for (const entry of entries) {
    const id = requiredText(entry, 'Id');
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      throw new ServiceError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.has(id)) throw new ServiceError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
}

/** Does the work for each entry; one that fails does not stop the others. */
function eachEntry(entries: readonly Input[], entryFault: EntryFault, work: (entry: Input) => object): object {
  const successful: object[] = [];
  const failed: object[] = [];
  entries.forEach((entry, index) => {
    const fault = entryFault(entry, index);
    if (fault !== undefined) {
      failed.push({ Id: entry.Id, Code: fault, Message: 'This fault was scripted.', SenderFault: false });
      return;
    }
    try {
      successful.push({ Id: entry.Id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: error.status < 500 });
    }
  });
  return { Successful: successful, ...(failed.length > 0 && { Failed: failed }) };
}
