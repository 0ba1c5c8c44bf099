import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeLiveness, type LivenessInput } from '../../worker/liveness.ts';

/** A worker that has room, whose receives may take 30 s and whose posts 35 s, after 1000 s. */
const running: LivenessInput = {
  nowMs: 1_000_000,
  state: 'Running',
  gate: { room: 64, limitedBy: 'Nothing' },
  lastReceiveEndedMs: 1_000_000,
  receiveDeadlineMs: 30_000,
  oldestPostMs: undefined,
  postDeadlineMs: 35_000,
};

describe('liveness', () => {
  const cases: [sentence: string, changes: Partial<LivenessInput>, alive: boolean, explanation: RegExp][] = [
    ['is there while receives come back', { lastReceiveEndedMs: 980_000 }, true, /came back 20\.0 s ago/],
    ['is there until three deadlines of a receive have passed', { lastReceiveEndedMs: 910_000 }, true, /90\.0 s ago/],
    ['is gone after them', { lastReceiveEndedMs: 909_999 }, false, /no receive has come back for 90\.0 s/],
    [
      'is gone too when hanging receives have reserved all room',
      { lastReceiveEndedMs: 0, gate: { room: 0, limitedBy: 'Nothing' } },
      false,
      /no receive has come back for 1000\.0 s/,
    ],
    [
      'is there without receives while the recipient takes every slot',
      { lastReceiveEndedMs: 0, gate: { room: 0, limitedBy: 'Recipient' } },
      true,
      /waits for: Recipient/,
    ],
    [
      'is there without receives while the audit is full',
      { lastReceiveEndedMs: 0, gate: { room: 0, limitedBy: 'Audit' } },
      true,
      /waits for: Audit/,
    ],
    [
      'is there without receives while deletes do not come through',
      { lastReceiveEndedMs: 0, gate: { room: 0, limitedBy: 'Queue' } },
      true,
      /waits for: Queue/,
    ],
    ['is there without receives while it drains', { lastReceiveEndedMs: 0, state: 'Draining' }, true, /Draining/],
    ['is there before the first receive', { lastReceiveEndedMs: 0, state: 'Starting' }, true, /Starting/],
    ['is there while a post is under way', { oldestPostMs: 895_000 }, true, /came back/],
    [
      'is gone when a post has not ended after three of its deadlines',
      { oldestPostMs: 894_999 },
      false,
      /open for 105\.0 s/,
    ],
    [
      'is gone with such a post also where there is a reason not to receive',
      { oldestPostMs: 0, gate: { room: 0, limitedBy: 'Recipient' } },
      false,
      /open for 1000\.0 s/,
    ],
    ['is gone with such a post also while it drains', { oldestPostMs: 0, state: 'Draining' }, false, /open for 1000/],
  ];
  for (const [sentence, changes, alive, explanation] of cases) {
    it(sentence, () => {
      const liveness = judgeLiveness({ ...running, ...changes });
      assert.equal(liveness.alive, alive);
      assert.match(liveness.explanation, explanation);
    });
  }
});
