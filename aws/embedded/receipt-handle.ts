import { ServiceError } from './errors.ts';

/** What a receipt handle stands for: the nth receive of a message. */
export type Receipt = { readonly messageId: string; readonly receiveCount: number };

/** An opaque handle for the `receiveCount`th receive of a message from a queue. */
export function encodeReceiptHandle(queueName: string, messageId: string, receiveCount: number): string {
  return Buffer.from(`${queueName} ${messageId} ${receiveCount}`).toString('base64');
}

/**
 * Reads a handle that {@link encodeReceiptHandle} made for this queue.
 * @throws ServiceError `ReceiptHandleIsInvalid`
 */
export function decodeReceiptHandle(queueName: string, handle: string): Receipt {
  const [queue, messageId, receiveCount] = Buffer.from(handle, 'base64').toString().split(' ');
  if (queue !== queueName || messageId === undefined || receiveCount === undefined) {
    const message = `The input receipt handle "${handle}" is not a valid receipt handle.`;
    throw new ServiceError('ReceiptHandleIsInvalid', message);
  }
  return { messageId, receiveCount: Number(receiveCount) };
}
