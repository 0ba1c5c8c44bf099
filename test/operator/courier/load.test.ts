import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerStatus } from '../../../api/worker-status.ts';
import { computeStatus } from '../../../operator/courier/status.ts';
import type { StatusInput } from '../../../operator/courier/status-input.ts';
import { workerStatus } from '../../support/worker-status.ts';
import { conditionsOf, decision, inputWith, liveCourier, messageOf, now } from './fixtures.ts';

const rates = (deliveredPerSecond: number, failedPerSecond: number): WorkerStatus =>
  workerStatus({ rates: { deliveredPerSecond, failedPerSecond } });
const blocked = workerStatus({ waiting: { for: 'Audit', explanation: 'the stream orders-audit is gone' } });

function find(fields: Partial<StatusInput>, type: string): string | undefined {
  return conditionsOf(computeStatus(inputWith(fields))).find((condition) => condition.startsWith(`${type}=`));
}

/** A minute and more has passed since `fields` were true. */
const since = (fields: Partial<StatusInput>, agoMs: number) => ({
  previous: computeStatus(inputWith({ ...fields, nowTimeMs: now - agoMs })),
});

describe('ScalingLimited', () => {
  const atMaximum = { ...decision, limitedBy: 'MaxReplicas', reason: 'AtMaximum' } as const;

  it('names the bound and its value', () => {
    assert.equal(find({ decision: atMaximum }, 'ScalingLimited'), 'ScalingLimited=True/MaxReplicas');
    const message = messageOf(computeStatus(inputWith({ decision: atMaximum })), 'ScalingLimited');
    assert.ok(message.endsWith('per replica. Raise spec.scaling.maxReplicas, now 10, for more.'), message);
  });

  for (const limitedBy of ['Recipient', 'RateLimit', 'Audit'] as const) {
    it(`is true for ${limitedBy}`, () => {
      assert.equal(
        find({ decision: { ...decision, limitedBy } }, 'ScalingLimited'),
        `ScalingLimited=True/${limitedBy}`,
      );
    });
  }

  it('is false for what more workers would mend', () => {
    for (const limitedBy of ['None', 'Backlog', 'WorkerConcurrency', 'Source'] as const)
      assert.equal(find({ decision: { ...decision, limitedBy } }, 'ScalingLimited'), 'ScalingLimited=False/NotLimited');
  });

  it('stays true for a minute, so that it does not flap at the bound', () => {
    assert.equal(find(since({ decision: atMaximum }, 59_000), 'ScalingLimited'), 'ScalingLimited=True/MaxReplicas');
    assert.equal(find(since({ decision: atMaximum }, 61_000), 'ScalingLimited'), 'ScalingLimited=False/NotLimited');
  });
});

describe('RecipientHealthy', () => {
  const pausing = workerStatus({ waiting: { for: 'Pause', explanation: 'it answered 410 (delivery.pauseOnGone)' } });

  it('is false, and the Courier stalled, while a worker pauses, whatever the others deliver', () => {
    const status = computeStatus(inputWith({ reports: [rates(9, 0), pausing] }));
    for (const condition of ['Ready=False', 'Stalled=True', 'RecipientHealthy=False'])
      assert.ok(conditionsOf(status).includes(`${condition}/DeliveryPaused`), condition);
    assert.match(
      messageOf(status, 'RecipientHealthy'),
      /^Nothing more is received by 1 of 2 workers for the recipient http:\/\/orders\.shop\.svc\/events: it answered 410 .*pauseOnGone\)\. Mend the recipient/,
    );
  });

  it('repeats that a worker pauses while none answers, until the spec has changed', () => {
    const before = { previous: computeStatus(inputWith({ reports: [pausing] })) };
    assert.equal(find(before, 'RecipientHealthy'), 'RecipientHealthy=False/DeliveryPaused');
    assert.equal(find(before, 'Stalled'), 'Stalled=True/DeliveryPaused');
    const changed = {
      ...before,
      courier: { ...liveCourier(), metadata: { ...liveCourier().metadata, generation: 3 } },
    };
    assert.equal(find(changed, 'RecipientHealthy'), 'RecipientHealthy=Unknown/NotYetObserved');
    assert.equal(find(changed, 'Stalled'), undefined);
  });

  it('is false when half of the attempts fail, and true when a tenth do', () => {
    assert.equal(find({ reports: [rates(9, 0), rates(0, 9)] }, 'RecipientHealthy'), 'RecipientHealthy=False/Failing');
    assert.equal(find({ reports: [rates(9, 1)] }, 'RecipientHealthy'), 'RecipientHealthy=True/Accepting');
    const message = messageOf(computeStatus(inputWith({ reports: [rates(1, 3)] })), 'RecipientHealthy');
    assert.match(message, /^The recipient http:\/\/orders\.shop\.svc\/events fails 75 % of the attempts\. Look at /);
    const breaker = { state: 'Open', explanation: 'it is down', failure: 'connect ECONNREFUSED' } as const;
    const open = computeStatus(inputWith({ reports: [rates(1, 0), { ...rates(0, 3), breaker }] }));
    assert.match(
      messageOf(open, 'RecipientHealthy'),
      /fails 75 % of the attempts: connect ECONNREFUSED\. Look at its logs/,
    );
  });

  it('names the Service where the recipient is one', () => {
    const courier = liveCourier({ 'spec.recipient': { serviceRef: { name: 'orders', port: 80 } } });
    for (const [report, says] of [
      [rates(9, 0), /^The recipient http:\/\/orders\.shop\.svc:80\/ accepts messages\.$/],
      [rates(0, 9), /^The recipient http:\/\/orders\.shop\.svc:80\/ fails 100 %/],
      [rates(0, 0), /^No worker reports an attempt at http:\/\/orders\.shop\.svc:80\/\.$/],
    ] as const) {
      const status = computeStatus(inputWith({ courier, reports: [report] }));
      assert.match(messageOf(status, 'RecipientHealthy'), says);
    }
  });

  it('stays what it was in between', () => {
    const some = { reports: [rates(7, 3)] };
    assert.equal(find(some, 'RecipientHealthy'), 'RecipientHealthy=True/Accepting');
    const failing = since({ reports: [rates(0, 1)] }, 600_000);
    assert.equal(find({ ...some, ...failing }, 'RecipientHealthy'), 'RecipientHealthy=False/Failing');
  });

  it('leaves Ready alone', () => {
    assert.equal(find({ reports: [rates(0, 9)] }, 'Ready'), 'Ready=True/Ready');
  });

  it('is not known without an attempt, and stays known while there is none for a moment', () => {
    assert.equal(find({ reports: [rates(0, 0)] }, 'RecipientHealthy'), 'RecipientHealthy=Unknown/NotYetObserved');
    assert.equal(find(since({ reports: [rates(9, 0)] }, 5_000), 'RecipientHealthy'), 'RecipientHealthy=True/Accepting');
  });
});

describe('AuditHealthy', () => {
  it('is false with BestEffort while records cannot be written, although nothing waits for them', () => {
    const failing = workerStatus({ auditFailure: 'the stream orders-audit is gone' });
    const courier = liveCourier({ 'spec.audit.policy': 'BestEffort' });
    const fields = { courier, reports: [failing, rates(9, 0)] };
    assert.equal(find(fields, 'AuditHealthy'), 'AuditHealthy=False/Failing');
    assert.match(
      messageOf(computeStatus(inputWith(fields)), 'AuditHealthy'),
      /^1 of 2 workers is without audit: .*The stream orders-audit is gone\.$/,
    );
    assert.equal(find({ reports: [failing] }, 'AuditHealthy'), 'AuditHealthy=True/Recording');
    assert.equal(find({ courier, reports: [rates(9, 0)] }, 'AuditHealthy'), 'AuditHealthy=True/Recording');
  });

  it('is false when half of the workers wait for it, with what they say', () => {
    const status = computeStatus(inputWith({ reports: [blocked, workerStatus()] }));
    assert.ok(conditionsOf(status).includes('AuditHealthy=False/Blocked'));
    assert.equal(
      messageOf(status, 'AuditHealthy'),
      'Nothing more is received by 1 of 2 workers until audit records are written. The stream orders-audit is gone.',
    );
    assert.equal(
      find({ reports: [blocked, workerStatus(), workerStatus()] }, 'AuditHealthy'),
      'AuditHealthy=True/Recording',
    );
  });

  it('is false when half of the workers can write no record, whatever they wait for', () => {
    const drained = { for: 'Drain', explanation: 'asked to finish' } as const;
    const stuck = workerStatus({ waiting: drained, auditFailure: 'the stream is gone', holding: { delivered: 700 } });
    const status = computeStatus(inputWith({ reports: [stuck, stuck, blocked] }));
    assert.ok(conditionsOf(status).includes('AuditHealthy=False/Retrying'));
    assert.equal(
      messageOf(status, 'AuditHealthy'),
      '2 of 3 workers are without audit: 1400 delivered messages wait for their records. The stream is gone.',
    );
    const some = { ...stuck, rates: rates(100, 0).rates };
    assert.equal(find({ reports: [some] }, 'AuditHealthy'), 'AuditHealthy=True/Recording');
  });

  it('is true where nothing is audited', () => {
    const courier = liveCourier({ 'spec.audit': { none: {} } });
    assert.equal(find({ courier }, 'AuditHealthy'), 'AuditHealthy=True/NotAudited');
  });
});
