import type {
  BatchOutcome,
  EntryFailure,
  QueuePort,
  ReceivedMessage,
  ReceiveRequest,
  VisibilityChange,
} from '../../aws/ports.ts';

/** One call of a queue port, which ends when the test says so. */
export type Call<Input, Output> = {
  readonly input: Input;
  readonly succeed: (output: Output) => void;
  readonly fail: (error: Error) => void;
};

/** A queue whose every call waits for the test to end it. */
export class ScriptedQueue implements QueuePort {
  readonly receives: Call<ReceiveRequest, readonly ReceivedMessage[]>[] = [];
  readonly deletes: Call<readonly string[], BatchOutcome>[] = [];
  readonly changes: Call<readonly VisibilityChange[], BatchOutcome>[] = [];

  receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]> {
    return called(this.receives, request);
  }

  deleteBatch(receiptHandles: readonly string[]): Promise<BatchOutcome> {
    return called(this.deletes, receiptHandles);
  }

  changeVisibilityBatch(changes: readonly VisibilityChange[]): Promise<BatchOutcome> {
    return called(this.changes, changes);
  }
}

function called<Input, Output>(calls: Call<Input, Output>[], input: Input): Promise<Output> {
  return new Promise((succeed, fail) => calls.push({ input, succeed, fail }));
}

/** The outcome of a batch of `length` entries that all succeeded, but for those at the given places. */
export function outcome(length: number, failures: Readonly<Record<number, EntryFailure>> = {}): BatchOutcome {
  return Array.from({ length }, (_, index) => failures[index]);
}

/** An entry's failure that may pass. */
export const internalError: EntryFailure = { code: 'InternalError', message: 'try again', senderFault: false };

/** An entry's failure because its message was deleted, or is visible again. */
export const receiptLost: EntryFailure = { code: 'ReceiptHandleIsInvalid', message: 'expired', senderFault: true };
