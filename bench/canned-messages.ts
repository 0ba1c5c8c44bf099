import { hash } from 'node:crypto';

/** A message as SQS answers a receive. */
export type CannedMessage = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Body: string;
  readonly Attributes: Readonly<Record<string, string>>;
};

/** Messages with bodies of JSON of about `bodyBytes` bytes, and the attributes that SQS gives to each. */
export function cannedMessages(count: number, bodyBytes: number, fifo = false): CannedMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const empty = JSON.stringify({ order: index, text: '' });
    const body = JSON.stringify({ order: index, text: 'x'.repeat(Math.max(0, bodyBytes - empty.length)) });
    return {
      MessageId: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
      ReceiptHandle: String(index).padStart(380, 'h'),
      MD5OfBody: hash('md5', body),
      Body: body,
      Attributes: {
        SenderId: 'AIDAEXAMPLE',
        SentTimestamp: '1767225600000',
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: '1767225600001',
        ...(fifo ? { MessageGroupId: `group-${index}`, SequenceNumber: String(index).padStart(20, '0') } : {}),
      },
    };
  });
}
