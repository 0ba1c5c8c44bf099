import type { MessageAttribute } from '../ports.ts';
import type { Deadline } from './deadlines.ts';

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What a sender hands over: checked, and the same wherever the message goes afterwards. */
export type MessageContent = {
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader: string | undefined;
  readonly groupId: string | undefined;
  /** Given by the sender or made from the body. FIFO only. */
  readonly deduplicationId: string | undefined;
};

/** Where a message is in its life. `gone` is the end: deleted, moved away, or older than the retention period. */
export type MessageState = 'delayed' | 'available' | 'inFlight' | 'gone';

/** A message in a queue. What may change is the queue's to change. */
export type StoredMessage = {
  readonly messageId: string;
  readonly content: MessageContent;
  readonly sequenceNumber: string | undefined;
  /** When it was sent, in wall-clock milliseconds. */
  readonly sentAt: number;
  /** Set on a message that a redrive policy moved here: the ARN of the queue it came from. */
  readonly deadLetterSourceArn: string | undefined;
  /** The same in the clock's monotonic time: retention runs from here. */
  readonly sentAtMonotonic: number;
  state: MessageState;
  /** Where it stands in the order of retention. */
  age: Deadline<StoredMessage> | undefined;
  /** When its delay or its visibility timeout ends. */
  due: Deadline<StoredMessage> | undefined;
  /** How often this queue has handed it out. Numbers its receipt handles: the newest is the only one that counts. */
  receiveCount: number;
  /** The newest receive, in the clock's monotonic time: the 12 hours of visibility run from here. */
  receivedAt: number;
  /** Whether the visibility timeout was changed since then, which makes a receive unrepeatable. */
  visibilityChanged: boolean;
  /** Wall-clock milliseconds. */
  firstReceivedAt: number | undefined;
};

/** A message as one receive hands it out. */
export type Delivery = {
  readonly message: StoredMessage;
  readonly receiptHandle: string;
  /** The message's receive count with this receive, which is also the number of the handle. */
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
};

/** One receive. */
export type Receive = {
  readonly maxMessages: number;
  readonly waitSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  /** FIFO only. */
  readonly attemptId: string | undefined;
};
