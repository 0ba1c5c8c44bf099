import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grantableVisibilitySeconds, takeUp } from '../../worker/message.ts';
import { message } from './support.ts';

const now = { timeMs: 1767225600500, monotonicMs: 5_000 };

describe('taking up a message', () => {
  const cases: [sentence: string, attributes: Record<string, string>, sentTimeMs: number, receiveCount: number][] = [
    ['reads what SQS says', { SentTimestamp: '1767225600000', ApproximateReceiveCount: '3' }, 1767225600000, 3],
    ['does without what SQS does not say', {}, now.timeMs, 1],
    ['takes nonsense for not said', { SentTimestamp: 'soon', ApproximateReceiveCount: '-1' }, now.timeMs, 1],
    ['takes a time that no calendar has for not said', { SentTimestamp: '9000000000000000' }, now.timeMs, 1],
  ];
  for (const [sentence, attributes, sentTimeMs, receiveCount] of cases) {
    it(sentence, () => {
      const received = { messageId: 'm', receiptHandle: 'r', body: '', attributes, messageAttributes: {} };
      const taken = takeUp(received, now, 60, 2);
      assert.equal(taken.sentTimeMs, sentTimeMs);
      assert.equal(taken.receiveCount, receiveCount);
      assert.equal(taken.visibleMs, 65_000);
      assert.equal(taken.attempt, 2);
    });
  }
});

describe('the visibility that SQS still grants', () => {
  const cases: [sentence: string, ageSeconds: number, wanted: number, granted: number][] = [
    ['is what is wanted, for most of the 12 hours', 3_600, 60, 60],
    ['is what is left of the 12 hours, less a second', 43_180, 60, 19],
    ['is nothing at the end of the 12 hours', 43_200, 60, -1],
  ];
  for (const [sentence, ageSeconds, wanted, granted] of cases) {
    it(sentence, () => {
      assert.equal(grantableVisibilitySeconds(message(), wanted, ageSeconds * 1000), granted);
    });
  }
});
