import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CourierStatus } from '../../../api/v1alpha1.gen.ts';
import { eventsOf } from '../../../operator/courier/events.ts';
import { computeStatus } from '../../../operator/courier/status.ts';
import type { StatusDecision, StatusInput } from '../../../operator/courier/status-input.ts';
import { shouldWriteStatus } from '../../../operator/courier/status-write.ts';
import { decision, deploymentOf, inputWith, now } from './fixtures.ts';

const down: StatusDecision = {
  ...{ replicas: 3, reason: 'RecipientDown', limitedBy: 'Recipient' },
  explanation: '3 replicas: the recipient is down.',
  inputs: { f: 0.996, guard: 'Open', mu: null, B: 12_840.4 },
};
const well = computeStatus(inputWith({ nowTimeMs: now - 600_000 }));
const after = (previous: CourierStatus, fields: Partial<StatusInput>) =>
  computeStatus(inputWith({ previous, ...fields }));
const scalingEvents = (previous: CourierStatus, next: CourierStatus) =>
  eventsOf(previous, next).filter(({ action }) => action === 'Scale');

describe('the decisions in the status', () => {
  it('are none while nothing changes', () => {
    assert.equal(well.scaling?.decisions, undefined);
  });

  it('begin with the latest change of the number, with its inputs as text', () => {
    const next = after(well, { decision: { ...decision, replicas: 5 }, deployment: deploymentOf(5) });
    assert.deepEqual(next.scaling?.decisions, [
      {
        ...{ time: '2026-01-02T03:04:05Z', from: 3, to: 5, reason: 'Steady', limitedBy: 'None' },
        ...{ explanation: decision.explanation, inputs: { B: '120', mu: '10' } },
      },
    ]);
    const last = after(next, { decision, deployment: deploymentOf(3), nowTimeMs: now + 60_000 });
    assert.deepEqual(
      last.scaling?.decisions?.map(({ from, to }) => [from, to]),
      [
        [5, 3],
        [3, 5],
      ],
    );
  });

  it('are ten at most', () => {
    let status = well;
    for (let replicas = 4; replicas < 20; replicas++) {
      status = after(status, { decision: { ...decision, replicas }, deployment: deploymentOf(replicas) });
    }
    assert.equal(status.scaling?.decisions?.length, 10);
    assert.equal(status.scaling?.decisions?.[0]?.to, 19);
  });

  it('have a guard that begins, once, as an event and a status that does not wait', () => {
    const next = after(well, { decision: down });
    assert.deepEqual(next.scaling?.decisions?.[0]?.inputs, { f: '1', guard: 'Open', B: '12840' });
    assert.deepEqual(scalingEvents(well, next), [
      { type: 'Warning', reason: 'RecipientDown', action: 'Scale', note: down.explanation },
    ]);
    assert.ok(shouldWriteStatus(well, next, now, now));
    const still = after(next, { decision: down, nowTimeMs: now + 60_000 });
    assert.deepEqual(still.scaling?.decisions, next.scaling?.decisions);
    assert.deepEqual(scalingEvents(next, still), []);
  });

  it('have another guard that follows, and not one that comes and goes while the condition lasts', () => {
    const first = after(well, { decision: down });
    const between = after(first, { nowTimeMs: now + 5_000 });
    assert.deepEqual(between.scaling?.decisions, first.scaling?.decisions);
    const again = after(between, { decision: down, nowTimeMs: now + 10_000 });
    assert.deepEqual(scalingEvents(between, again), []);
    const recovering = { ...down, reason: 'RecipientRecovering', explanation: '3 replicas: the recipient is back.' };
    const next = after(again, { decision: recovering, nowTimeMs: now + 15_000 });
    assert.deepEqual(
      scalingEvents(again, next).map(({ reason }) => reason),
      ['RecipientRecovering'],
    );
  });
});

describe('workers that finish before they are removed', () => {
  it('are wanted no more from the decision on, and the event says so then', () => {
    const fewer = { ...decision, replicas: 1, explanation: '1 replica: enough.' };
    const draining = after(well, { decision: fewer, draining: 2 });
    assert.equal(draining.desiredReplicas, 1);
    assert.equal(draining.scaling?.draining, 2);
    assert.deepEqual(scalingEvents(well, draining), [
      { type: 'Normal', reason: 'ScaledIn', action: 'Scale', note: 'Scaled from 3 to 1 worker. 1 replica: enough.' },
    ]);
    const gone = after(draining, { decision: fewer, deployment: deploymentOf(1), nowTimeMs: now + 30_000 });
    assert.equal(gone.desiredReplicas, 1);
    assert.equal(gone.scaling?.draining, undefined);
    assert.deepEqual(scalingEvents(draining, gone), []);
  });
});
