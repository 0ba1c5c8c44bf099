import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PlanError } from '../../../operator/courier/plan-error.ts';
import { computeStatus } from '../../../operator/courier/status.ts';
import type { QueueLook, StatusInput } from '../../../operator/courier/status-input.ts';
import {
  conditionsOf,
  decision,
  deploymentOf,
  inputWith,
  liveCourier,
  messageOf,
  now,
  podWith,
  seen,
} from './fixtures.ts';

const failed = (
  kind: 'Misconfigured' | 'Transient',
  failures: number,
  code = 'QueueDoesNotExist',
): QueueLook & { kind: 'Failed' } => ({
  kind: 'Failed',
  failure: { kind, code, sentence: 'the queue orders does not exist in eu-west-1: create it' },
  failures,
});

/** The status of a Courier that was well a minute ago. */
const well = computeStatus(inputWith({ nowTimeMs: now - 60_000 }));
const after = (fields: Partial<StatusInput>) => computeStatus(inputWith({ previous: well, ...fields }));
/** Ready, Reconciling and Stalled. */
const verdictOf = (fields: Partial<StatusInput>) =>
  conditionsOf(after(fields)).filter((condition) => /^(Ready|Reconciling|Stalled)=/.test(condition));
const oneOf = (fields: Partial<StatusInput>, type: string) =>
  conditionsOf(after(fields)).find((condition) => condition.startsWith(`${type}=`));

describe('the status of a Courier that is well', () => {
  it('says so in each condition, and has neither Reconciling nor Stalled', () => {
    assert.deepEqual(conditionsOf(well), [
      'Ready=True/Ready',
      'QueueReachable=True/Reachable',
      'WorkloadAvailable=True/WorkersReady',
      'ScalingActive=True/Active',
      'ScalingLimited=False/NotLimited',
      'RecipientHealthy=Unknown/NotYetObserved',
      'AuditHealthy=Unknown/NotYetObserved',
    ]);
    assert.equal(messageOf(well, 'Ready'), 'The queue can be read. 3 of 3 workers are ready.');
  });

  it('has the counters, the rates and the time in whole seconds', () => {
    const { conditions, ...rest } = well;
    assert.deepEqual(rest, {
      observedGeneration: 2,
      replicas: 3,
      readyReplicas: 3,
      desiredReplicas: 3,
      backlog: { visible: 120, inFlight: 30, delayed: 0, observedTime: '2026-01-02T03:04:04Z' },
      scaling: {
        limitedBy: 'None',
        reason: 'Steady',
        explanation: decision.explanation,
        replicaRate: '10',
        estimatedDrainSeconds: 4,
        inputs: { B: '120', mu: '10' },
      },
    });
    assert.ok(conditions?.every(({ lastTransitionTime }) => lastTransitionTime === '2026-01-02T03:03:05Z'));
    assert.ok(conditions?.every(({ observedGeneration }) => observedGeneration === 2));
  });

  it('is the same at no workers and an empty queue', () => {
    const empty = { ...seen, counters: { visible: 0, notVisible: 0, delayed: 0 } };
    const idle = { deployment: deploymentOf(0), queue: empty };
    assert.deepEqual(verdictOf(idle), ['Ready=True/Ready']);
    assert.equal(oneOf(idle, 'WorkloadAvailable'), 'WorkloadAvailable=True/ScaledToZero');
  });

  it('stays as it is while nothing changes, times included', () => {
    const later = { ...seen, timeMs: now + 60_000 };
    assert.deepEqual(computeStatus(inputWith({ previous: well, queue: later, nowTimeMs: now + 60_000 })), well);
  });

  it('moves a time exactly with its status', () => {
    const times = (status: typeof well) =>
      Object.fromEntries((status.conditions ?? []).map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
    const broken = times(after({ queue: failed('Misconfigured', 1) }));
    assert.equal(broken.Ready, '2026-01-02T03:04:05Z');
    assert.equal(broken.WorkloadAvailable, '2026-01-02T03:03:05Z');
    const renamed = after({ courier: liveCourier({ 'spec.suspend': true }), deployment: deploymentOf(0) });
    assert.equal(times(renamed).Ready, '2026-01-02T03:03:05Z');
    assert.equal(times(renamed).ScalingActive, '2026-01-02T03:04:05Z');
  });

  it('does not depend on how many messages there are, nor on workers that are on their way', () => {
    const crowded = { ...seen, counters: { visible: 1_000_000, notVisible: 0, delayed: 0 } };
    const growing = { deployment: deploymentOf(20, 3), queue: crowded, pods: [podWith()] };
    assert.deepEqual(verdictOf(growing), ['Ready=True/Ready']);
    assert.equal(oneOf(growing, 'WorkloadAvailable'), 'WorkloadAvailable=True/WorkersStarting');
    const behind = deploymentOf(20, 3, { observedGeneration: 3, replicas: 3, updatedReplicas: 3 });
    assert.deepEqual(verdictOf({ deployment: behind }), ['Ready=True/Ready']);
  });
});

describe('a new spec', () => {
  const fresh = (fields: Partial<StatusInput>) => inputWith({ previous: { observedGeneration: -1 }, ...fields });
  const progressing = ['Ready=Unknown/Progressing', 'Reconciling=True/Progressing'];
  const conditions = (fields: Partial<StatusInput>) => conditionsOf(computeStatus(fresh(fields)));

  it('is in progress before its Deployment is there', () => {
    const found = conditions({ deployment: undefined, queue: { kind: 'None' }, decision: undefined });
    assert.deepEqual(found, [
      ...progressing,
      'QueueReachable=Unknown/NotYetObserved',
      'WorkloadAvailable=Unknown/NotYetApplied',
      'ScalingActive=Unknown/NotYetObserved',
      'ScalingLimited=Unknown/NotYetObserved',
      'RecipientHealthy=Unknown/NotYetObserved',
      'AuditHealthy=Unknown/NotYetObserved',
    ]);
  });

  it('is in progress until its first workers are ready', () => {
    const [ready, reconciling, , workload] = conditions({ deployment: deploymentOf(3, 0), pods: [podWith()] });
    assert.deepEqual([ready, reconciling], progressing);
    assert.equal(workload, 'WorkloadAvailable=False/WorkersStarting');
  });

  const unfinished = {
    'the controller of the Deployment has not seen it': { observedGeneration: 3 },
    'there are old workers': { replicas: 4, updatedReplicas: 1, conditions: [] },
    'the new workers have never been ready': {
      conditions: [{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' }],
    },
  };
  for (const [name, status] of Object.entries(unfinished)) {
    it(`is in progress while ${name}, at full strength too`, () => {
      const [ready, reconciling, , workload] = conditions({ deployment: deploymentOf(3, 3, status) });
      assert.deepEqual([ready, reconciling, workload], [...progressing, 'WorkloadAvailable=True/RollingOut']);
    });
  }

  it('is in progress after one that was ready, when its workers are replaced', () => {
    const courier = { ...liveCourier(), metadata: { ...liveCourier().metadata, generation: 3 } };
    const deployment = deploymentOf(3, 3, { observedGeneration: 3 });
    assert.deepEqual(verdictOf({ courier, deployment }), progressing);
    assert.deepEqual(verdictOf({ courier }), ['Ready=True/Ready']);
  });
});

describe('a restart of the operator', () => {
  it('changes nothing before the first look', () => {
    const reset = { queue: { kind: 'None' }, decision: undefined, deployment: deploymentOf(3) } as const;
    assert.deepEqual(after(reset), well);
    const broken = after({ queue: failed('Misconfigured', 5) });
    const { conditions } = computeStatus(inputWith({ ...reset, previous: broken }));
    assert.deepEqual(conditions, broken.conditions);
  });

  it('does not take a dead end back while its failures are counted anew', () => {
    const broken = after({ queue: failed('Misconfigured', 5) });
    assert.deepEqual(verdictOf({ previous: broken, queue: failed('Misconfigured', 1) }), [
      'Ready=False/QueueNotFound',
      'Stalled=True/QueueNotFound',
    ]);
  });
});

describe('a queue that cannot be read', () => {
  it('is said at once, and called a dead end at the third look', () => {
    assert.deepEqual(verdictOf({ queue: failed('Misconfigured', 1) }), [
      'Ready=False/QueueNotFound',
      'Reconciling=True/Retrying',
    ]);
    assert.deepEqual(verdictOf({ queue: failed('Misconfigured', 3) }), [
      'Ready=False/QueueNotFound',
      'Stalled=True/QueueNotFound',
    ]);
    const status = after({ queue: failed('Misconfigured', 1) });
    assert.equal(messageOf(status, 'Ready'), 'The queue orders does not exist in eu-west-1: create it.');
    assert.equal(
      messageOf(status, 'ScalingActive'),
      'The number of workers stays at 3 while the queue cannot be read. The queue orders does not exist in eu-west-1: create it.',
    );
  });

  const codes = {
    AccessDenied: 'QueueAccessDenied',
    KmsAccessDenied: 'QueueAccessDenied',
    ExpiredToken: 'CredentialsInvalid',
    Credentials: 'CredentialsInvalid',
    KmsDisabled: 'QueueMisconfigured',
  };
  for (const [code, reason] of Object.entries(codes)) {
    it(`has the reason ${reason} for ${code}`, () => {
      assert.equal(
        oneOf({ queue: failed('Misconfigured', 1, code) }, 'QueueReachable'),
        `QueueReachable=False/${reason}`,
      );
    });
  }

  it('leaves Ready alone for two looks when it may pass', () => {
    const queue = failed('Transient', 2);
    assert.deepEqual(verdictOf({ queue }), ['Ready=True/Ready', 'Reconciling=True/Retrying']);
    assert.equal(oneOf({ queue }, 'QueueReachable'), 'QueueReachable=Unknown/QueueUnavailable');
    assert.equal(oneOf({ queue }, 'ScalingActive'), 'ScalingActive=Unknown/QueueUnreachable');
    const third = { queue: failed('Transient', 3) };
    assert.deepEqual(verdictOf(third), ['Ready=False/QueueUnavailable', 'Reconciling=True/Retrying']);
    assert.equal(oneOf(third, 'QueueReachable'), 'QueueReachable=False/QueueUnavailable');
    assert.equal(oneOf(third, 'ScalingActive'), 'ScalingActive=False/QueueUnreachable');
  });

  it('is told rather than the workers that are not ready because of it', () => {
    const pods = [podWith({ sinceTimeMs: now - 600_000 })];
    const [ready] = verdictOf({ queue: failed('Misconfigured', 3), deployment: deploymentOf(3, 0), pods });
    assert.equal(ready, 'Ready=False/QueueNotFound');
  });

  it('keeps what was last known of it', () => {
    const status = after({ queue: failed('Transient', 1), decision: undefined });
    assert.deepEqual([status.backlog, status.scaling], [well.backlog, well.scaling]);
  });

  it('is readable and yet a worry when it gives up on messages too soon', () => {
    const status = after({ queue: { ...seen, maxReceiveCount: 1 } });
    assert.equal(conditionsOf(status)[1], 'QueueReachable=True/MaxReceiveCountLow');
    assert.match(messageOf(status, 'QueueReachable'), /maxReceiveCount of 1: .*\. Set maxReceiveCount to 3 or more/);
    assert.deepEqual(verdictOf({ queue: { ...seen, maxReceiveCount: null } }), ['Ready=True/Ready']);
  });
});

describe('what only a person can mend', () => {
  it('is a plan that cannot be made', () => {
    const planError = new PlanError('AuditVolumeMissing', 'The audit needs a volume. Name one.');
    assert.deepEqual(verdictOf({ planError }), ['Ready=False/AuditVolumeMissing', 'Stalled=True/AuditVolumeMissing']);
  });

  it('is a child that is refused for the third time', () => {
    const applyError = { reason: 'NameConflict', message: 'It exists.', terminal: true, failures: 3 } as const;
    assert.deepEqual(verdictOf({ applyError }), ['Ready=False/NameConflict', 'Stalled=True/NameConflict']);
    assert.deepEqual(verdictOf({ applyError: { ...applyError, failures: 1 } }), [
      'Ready=False/NameConflict',
      'Reconciling=True/Retrying',
    ]);
  });

  it('is not an API server that is away: that is said after three attempts', () => {
    const applyError = {
      reason: 'ApiServerUnavailable',
      message: 'It is away.',
      terminal: false,
      failures: 2,
    } as const;
    assert.deepEqual(verdictOf({ applyError }), ['Ready=True/Ready', 'Reconciling=True/Retrying']);
    assert.deepEqual(verdictOf({ applyError: { ...applyError, failures: 3 } }), [
      'Ready=False/ApiServerUnavailable',
      'Reconciling=True/Retrying',
    ]);
    const first = computeStatus(inputWith({ applyError }));
    assert.deepEqual(conditionsOf(first).slice(0, 2), [
      'Ready=Unknown/ApiServerUnavailable',
      'Reconciling=True/Retrying',
    ]);
  });
});

describe('a suspended Courier', () => {
  const courier = liveCourier({ 'spec.suspend': true });
  const suspended = { courier, deployment: deploymentOf(0), queue: { kind: 'None' }, decision: undefined } as const;

  it('is ready, and says what it does not do', () => {
    assert.deepEqual(conditionsOf(after(suspended)).slice(0, 5), [
      'Ready=True/Suspended',
      'QueueReachable=Unknown/Suspended',
      'WorkloadAvailable=True/ScaledToZero',
      'ScalingActive=False/Suspended',
      'ScalingLimited=False/NotLimited',
    ]);
  });

  it('is not ready while the API server refuses a child', () => {
    const applyError = { reason: 'OperatorForbidden', message: 'No.', terminal: true, failures: 3 } as const;
    assert.deepEqual(verdictOf({ ...suspended, applyError }), [
      'Ready=False/OperatorForbidden',
      'Stalled=True/OperatorForbidden',
    ]);
  });
});

describe('the last scale', () => {
  it('has the time of the change, and keeps it', () => {
    const grown = after({ deployment: deploymentOf(6, 3) });
    assert.equal(grown.desiredReplicas, 6);
    assert.equal(grown.scaling?.lastScaleTime, '2026-01-02T03:04:05Z');
    const later = computeStatus(inputWith({ previous: grown, deployment: deploymentOf(6), nowTimeMs: now + 90_000 }));
    assert.equal(later.scaling?.lastScaleTime, '2026-01-02T03:04:05Z');
  });

  it('keeps the rate of a replica for a decision that has none', () => {
    const status = after({ decision: { ...decision, inputs: { mu: null, lambda: 0.123 } } });
    assert.equal(status.scaling?.replicaRate, '10');
    assert.equal(status.scaling?.arrivalRate, '0.12');
    assert.equal(status.scaling?.estimatedDrainSeconds, undefined);
  });
});
