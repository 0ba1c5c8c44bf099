import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Disposition } from '../../../worker/disposition.ts';
import type { Attempt } from '../../../worker/recipient.ts';
import { signalOf } from '../../../worker/recipient-limits/signal.ts';

const answered = (status: number): Attempt => ({ status, headers: {}, durationMs: 1 });
const reset: Attempt = { error: 'Reset', detail: 'ECONNRESET', durationMs: 1 };

describe('what an attempt says of the recipient', () => {
  const cases: [Attempt, Disposition['action'], string][] = [
    [answered(200), 'Acknowledge', 'Well'],
    [answered(500), 'Retry', 'Failed'],
    [answered(503), 'Retry', 'Failed'],
    [reset, 'Retry', 'Failed'],
    [reset, 'DeadLetter', 'Failed'],
    [answered(429), 'Retry', 'Throttled'],
    [answered(429), 'DeadLetter', 'Throttled'],
    [answered(401), 'Retry', 'Failed'],
    [answered(404), 'Retry', 'Failed'],
    [answered(409), 'Retry', 'Well'],
    [answered(422), 'Retry', 'Well'],
    [answered(302), 'Retry', 'Failed'],
    [answered(500), 'DeadLetter', 'Well'],
    [answered(404), 'Acknowledge', 'Well'],
    [answered(410), 'Pause', 'Well'],
  ];
  for (const [attempt, action, signal] of cases) {
    it(`is ${signal} for ${attempt.error ?? attempt.status} that means ${action}`, () => {
      assert.equal(signalOf(attempt, { action, decidedBy: 'default' }), signal);
    });
  }
});
