import { type Message, takeUp } from '../../worker/message.ts';

let sequence = 0;

/** A message as the worker holds it, received at the start of time. */
export function message(overrides: Partial<Message> = {}): Message {
  sequence++;
  const received = {
    messageId: `m${sequence}`,
    receiptHandle: `r${sequence}`,
    body: `{"n":${sequence}}`,
    attributes: { SentTimestamp: '1767225600000', ApproximateReceiveCount: '1' },
    messageAttributes: {},
  };
  return { ...takeUp(received, { timeMs: 1767225600500, monotonicMs: 0 }, 60, 0), ...overrides };
}
