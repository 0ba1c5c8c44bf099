/**
 * What the worker asks of AWS while it delivers, and no more: five calls. The raw data plane implements them over HTTP
 * (`sqs-queue.ts`, `firehose-stream.ts`), the embedded AWS in process (`embedded/in-process.ts`).
 *
 * No implementation retries: who calls knows what a delay costs there. A call that fails as a whole throws an
 * {@link ./errors.ts#AwsError}; a batch of which some entries fail returns outcomes aligned with its input.
 */

/** A message attribute as SQS sends it; `binaryValue` is base64. */
export type MessageAttribute = {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: string;
};

/** One received message. `attributes` are SQS's own (`SentTimestamp`, ...), `messageAttributes` the sender's. */
export type ReceivedMessage = {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
  /** What of its attributes could not be read, as a sentence; they are left out then. */
  readonly unreadable?: string | undefined;
};

export type ReceiveRequest = {
  /** 1 to 10. */
  readonly maxMessages: number;
  /** 0 to 20. */
  readonly waitTimeSeconds: number;
  /** 0 to 43,200. */
  readonly visibilityTimeoutSeconds: number;
  /** FIFO only: the same id within five minutes of a failed call returns the same messages. */
  readonly attemptId?: string;
};

export type VisibilityChange = {
  readonly receiptHandle: string;
  /** 0 (back to the queue at once) to 43,200 less the message's age since receive. */
  readonly visibilityTimeoutSeconds: number;
};

/** Why one entry of a batch failed. */
export type EntryFailure = {
  readonly code: string;
  readonly message: string;
  /** True when sending the same entry again cannot help. */
  readonly senderFault: boolean;
};

/** Outcomes of a batch, aligned with its entries: `undefined` is success. */
export type BatchOutcome = readonly (EntryFailure | undefined)[];

/** One SQS queue. */
export interface QueuePort {
  /**
   * Long-polls for up to ten messages. Aborting loses what SQS hands out meanwhile until its visibility timeout ends:
   * abort only when the process is about to die anyway.
   */
  receive(request: ReceiveRequest, signal?: AbortSignal): Promise<readonly ReceivedMessage[]>;
  /** Deletes up to ten messages by receipt handle. */
  deleteBatch(receiptHandles: readonly string[], signal?: AbortSignal): Promise<BatchOutcome>;
  /** Changes the visibility of up to ten messages. */
  changeVisibilityBatch(changes: readonly VisibilityChange[], signal?: AbortSignal): Promise<BatchOutcome>;
}

/** A message to be sent. */
export type OutgoingMessage = {
  readonly body: string;
  /** At most ten. */
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** FIFO queues: required. Standard queues: the sender's tenant. */
  readonly groupId?: string | undefined;
  /** FIFO only: a message with an id that was sent within five minutes is taken, and not delivered again. */
  readonly deduplicationId?: string | undefined;
  /** The X-Ray header of the sender's trace, which SQS keeps apart from the attributes. */
  readonly traceHeader?: string | undefined;
};

/** An SQS queue that messages are sent to. */
export interface SendPort {
  /** Sends up to ten messages, 1 MiB of bodies and attributes in all. */
  sendBatch(messages: readonly OutgoingMessage[], signal?: AbortSignal): Promise<BatchOutcome>;
}

/** One Firehose delivery stream. */
export interface StreamPort {
  /** Puts up to 500 records, 4 MiB in all, 1,024,000 bytes each. A record without a failure has a RecordId. */
  putRecords(records: readonly Uint8Array[], signal?: AbortSignal): Promise<BatchOutcome>;
}
