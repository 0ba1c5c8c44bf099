import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CourierDeliveryRule } from '../../api/v1alpha1.gen.ts';
import { dispositionTable } from '../../worker/disposition.ts';
import type { Attempt, AttemptError, ResponseHeaders } from '../../worker/recipient.ts';

const answered = (status: number, headers: ResponseHeaders = {}): Attempt => ({ status, headers, durationMs: 20 });
const failed = (error: AttemptError): Attempt => ({ error, detail: 'injected', durationMs: 20 });

/** What becomes of attempts, by the rules given and the defaults. */
function actions(
  rules: readonly CourierDeliveryRule[],
  attempts: readonly Attempt[],
  { pauseOnGone = true, deadLetters = false } = {},
) {
  return attempts.map(dispositionTable({ rules, pauseOnGone }, deadLetters)).map(({ action }) => action);
}

describe('the default disposition', () => {
  const statuses = {
    Acknowledge: [200, 201, 202, 204, 299],
    Retry: [199, 300, 301, 307, 400, 404, 408, 409, 411, 425, 429, 500, 502, 503, 599],
    Pause: [410],
  } as const;
  for (const [action, each] of Object.entries(statuses)) {
    it(`is ${action} for ${each.join(', ')}`, () => {
      const attempts = each.map((status) => answered(status));
      assert.deepEqual(
        actions([], attempts),
        each.map(() => action),
      );
    });
  }
  it('is Retry for an attempt without an answer', () => {
    const errors = ['UnknownHost', 'ConnectTimeout', 'ConnectFailed', 'Tls', 'Timeout', 'Reset', 'Protocol'] as const;
    assert.deepEqual(
      actions([], errors.map(failed)),
      errors.map(() => 'Retry'),
    );
  });
  it('is Retry for a 410 where pauseOnGone is false', () => {
    assert.deepEqual(actions([], [answered(410)], { pauseOnGone: false }), ['Retry']);
  });
  it('is DeadLetter for a 4xx that will not change, where there is a queue for dead letters', () => {
    const final = [400, 401, 403, 405, 413, 415, 422, 431, 499];
    const passing = [404, 408, 409, 425, 429, 301, 500, 503];
    assert.deepEqual(
      actions(
        [],
        [...final, 410, ...passing].map((status) => answered(status)),
        { deadLetters: true },
      ),
      [...final.map(() => 'DeadLetter'), 'Pause', ...passing.map(() => 'Retry')],
    );
    const options = { deadLetters: true, pauseOnGone: false };
    assert.deepEqual(actions([], [answered(410), failed('Reset')], options), ['DeadLetter', 'Retry']);
  });
  it('says that it decided', () => {
    const dispose = dispositionTable({ pauseOnGone: true }, false);
    assert.equal(dispose(answered(410)).decidedBy, 'delivery.pauseOnGone');
    assert.equal(dispose(answered(500)).decidedBy, 'default');
  });
});

describe('a rule', () => {
  it('looks at statuses, classes and ranges, both ends included', () => {
    const rules: CourierDeliveryRule[] = [{ statuses: ['404', '3xx', '500-502'], action: 'Acknowledge' }];
    const yes = [300, 399, 404, 500, 502].map((status) => answered(status));
    const no = [403, 405, 499, 503].map((status) => answered(status));
    assert.deepEqual(
      actions(rules, yes),
      yes.map(() => 'Acknowledge'),
    );
    assert.deepEqual(
      actions(rules, no),
      no.map(() => 'Retry'),
    );
  });
  it('may refuse what is acceptance by default', () => {
    assert.deepEqual(actions([{ statuses: ['202'], action: 'Retry' }], [answered(202), answered(200)]), [
      'Retry',
      'Acknowledge',
    ]);
  });
  it('looks at errors, and not at answers then', () => {
    const rules: CourierDeliveryRule[] = [{ errors: ['Tls', 'Timeout'], action: 'Pause' }];
    assert.deepEqual(actions(rules, [failed('Tls'), failed('Timeout'), failed('Reset'), answered(500)]), [
      'Pause',
      'Pause',
      'Retry',
      'Retry',
    ]);
  });
  it('matches a status or an error where it names both', () => {
    const rules: CourierDeliveryRule[] = [{ statuses: ['500'], errors: ['Reset'], action: 'Pause' }];
    assert.deepEqual(actions(rules, [answered(500), failed('Reset'), failed('Timeout'), answered(501)]), [
      'Pause',
      'Pause',
      'Retry',
      'Retry',
    ]);
  });
  it('looks at a header by name in any case, and at its value where it names one', () => {
    const rules: CourierDeliveryRule[] = [
      { header: { name: 'Courier-Disposition', value: 'drop' }, action: 'Acknowledge' },
      { header: { name: 'x-stop' }, statuses: ['503'], action: 'Pause' },
    ];
    const attempts = [
      answered(500, { 'courier-disposition': 'drop' }),
      answered(500, { 'courier-disposition': ['keep', 'drop'] }),
      answered(500, { 'courier-disposition': 'dropped' }),
      answered(503, { 'x-stop': '' }),
      answered(500, { 'x-stop': '' }),
      failed('Reset'),
    ];
    assert.deepEqual(actions(rules, attempts), ['Acknowledge', 'Acknowledge', 'Retry', 'Pause', 'Retry', 'Retry']);
  });
  it('gives way to those before it', () => {
    const rules: CourierDeliveryRule[] = [
      { statuses: ['409'], action: 'Acknowledge' },
      { statuses: ['4xx'], action: 'Pause' },
    ];
    assert.deepEqual(actions(rules, [answered(409), answered(410), answered(400)], { pauseOnGone: false }), [
      'Acknowledge',
      'Pause',
      'Pause',
    ]);
  });
  it('says which it is, and how long to wait', () => {
    const rules: CourierDeliveryRule[] = [
      { statuses: ['2xx'], action: 'Acknowledge' },
      { statuses: ['429'], action: 'Retry', delaySeconds: 7 },
    ];
    const dispose = dispositionTable({ rules, pauseOnGone: true }, false);
    assert.deepEqual(dispose(answered(429)), { action: 'Retry', delaySeconds: 7, decidedBy: 'delivery.rules[1]' });
  });
});
