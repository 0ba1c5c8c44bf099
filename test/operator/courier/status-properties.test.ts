import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { courierSchema } from '../../../api/crd.gen.ts';
import { propertyOf } from '../../../api/decoding.ts';
import { validate } from '../../../api/validation.ts';
import { PlanError } from '../../../operator/courier/plan-error.ts';
import { abnormalTypes, conditionReasons } from '../../../operator/courier/reasons.ts';
import { computeStatus } from '../../../operator/courier/status.ts';
import type { QueueLook, StatusInput } from '../../../operator/courier/status-input.ts';
import { checkProperty } from '../../support/properties.ts';
import { workerStatus } from '../../support/worker-status.ts';
import { conditionsOf, decision, deploymentOf, inputWith, liveCourier, now, podWith } from './fixtures.ts';

const count = fc.nat({ max: 30 });
const words = fc.string({ maxLength: 30 }).map((text) => `It is ${text}.`);
const courier = fc
  .record({ suspend: fc.boolean(), none: fc.boolean(), generation: fc.integer({ min: 1, max: 3 }) })
  .map(({ suspend, none, generation }) => {
    const one = liveCourier({ 'spec.suspend': suspend, ...(none ? { 'spec.audit': { none: {} } } : {}) });
    return { ...one, metadata: { ...one.metadata, generation } };
  });
const queue: fc.Arbitrary<QueueLook> = fc.oneof(
  fc.constant({ kind: 'None' } as const),
  fc.record({
    kind: fc.constant('Seen' as const),
    counters: fc.record({ visible: fc.nat(), notVisible: fc.nat(), delayed: fc.nat() }),
    maxReceiveCount: fc.option(fc.nat({ max: 5 })),
    timeMs: fc.nat({ max: now }),
  }),
  fc.record({
    kind: fc.constant('Failed' as const),
    failure: fc.record({
      kind: fc.constantFrom('Misconfigured' as const, 'Transient' as const),
      sentence: words,
      code: fc.constantFrom('QueueDoesNotExist', 'AccessDenied', 'ExpiredToken', 'zzz'),
    }),
    failures: fc.integer({ min: 1, max: 9 }),
  }),
);
const pod = fc
  .record({
    ready: fc.boolean(),
    terminating: fc.boolean(),
    sinceTimeMs: fc.integer({ min: now - 200_000, max: now }),
    restarts: fc.nat({ max: 9 }),
    waiting: fc.option(
      fc.record({
        reason: fc.constantFrom('ImagePullBackOff', 'CrashLoopBackOff', 'ContainerCreating'),
        message: words,
      }),
      { nil: undefined },
    ),
    unschedulable: fc.option(words, { nil: undefined }),
  })
  .map(podWith);
const deployment = fc
  .record({
    desired: count,
    ready: count,
    replicas: count,
    updated: count,
    seen: fc.boolean(),
    reason: reasonOfRollout(),
  })
  .map(({ desired, ready, replicas, updated, seen, reason }) =>
    deploymentOf(desired, ready, {
      ...{ observedGeneration: seen ? 4 : 3, replicas, updatedReplicas: updated },
      conditions: [reason],
    }),
  );
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const limitedBy = fc.constantFrom('None', 'Backlog', 'MaxReplicas', 'Recipient', 'RateLimit', 'Audit', 'Source');
const report = fc
  .record({
    failed: fc.nat(),
    delivered: fc.nat(),
    waits: fc.constantFrom('Audit' as const, 'Nothing' as const, 'Pause' as const),
  })
  .map(({ failed, delivered, waits }) =>
    workerStatus({
      waiting: { for: waits, explanation: 'so it is' },
      rates: { deliveredPerSecond: delivered, failedPerSecond: failed },
    }),
  );
const applyReason = fc.constantFrom('NameConflict', 'OperatorForbidden', 'ChildRejected', 'ApiServerUnavailable');
const input: fc.Arbitrary<StatusInput> = fc
  .record({
    courier,
    deployment: optional(deployment),
    pods: fc.array(pod, { maxLength: 4 }),
    queue,
    decision: optional(
      fc.record({ limitedBy, mu: fc.option(fc.double()), lambda: fc.option(fc.double()) }).map((drawn) => ({
        ...{ ...decision, limitedBy: drawn.limitedBy },
        inputs: { mu: drawn.mu, lambda: drawn.lambda },
      })),
    ),
    planError: optional(fc.constant(new PlanError('PodTemplateInvalid', 'It is none.'))),
    applyError: optional(
      fc.record({
        reason: applyReason,
        message: words,
        terminal: fc.boolean(),
        failures: fc.integer({ min: 1, max: 5 }),
      }),
    ),
    reports: fc.array(report, { maxLength: 3 }),
    nowTimeMs: fc.integer({ min: now - 200_000, max: now + 200_000 }),
  })
  .map(inputWith);

function reasonOfRollout() {
  return fc.constantFrom(
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' },
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'it timed out' },
    { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' },
  );
}

/** The statuses of a Courier of which all this is seen, one after the other. */
function* statusesOf(inputs: readonly StatusInput[]) {
  let previous: StatusInput['previous'];
  for (const one of inputs) {
    const next = computeStatus({ ...one, previous });
    yield { input: one, previous, next };
    previous = next;
  }
}

function check(property: (step: ReturnType<typeof statusesOf> extends Generator<infer Step> ? Step : never) => void) {
  checkProperty(
    fc.property(fc.array(input, { minLength: 1, maxLength: 4 }), (inputs) => {
      for (const step of statusesOf(inputs)) property(step);
    }),
    { numRuns: 300 },
  );
}

describe('any status', () => {
  it('is one that the API server takes', () => {
    const schema = propertyOf(courierSchema, 'status') ?? assert.fail();
    check(({ next }) => assert.deepEqual(validate(schema, JSON.parse(JSON.stringify(next))), []));
  });

  it('has each condition once, with a reason that is documented for it and sentences for people', () => {
    const documented: Readonly<Record<string, Readonly<Record<string, string>>>> = conditionReasons;
    check(({ next }) => {
      const types = (next.conditions ?? []).map(({ type }) => type);
      assert.equal(new Set(types).size, types.length);
      for (const { type, reason, message, lastTransitionTime } of next.conditions ?? []) {
        assert.ok(documented[type]?.[reason] !== undefined, `${type}=${reason}`);
        assert.match(message, /[.!?]$/s);
        assert.match(lastTransitionTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      }
    });
  });

  it('has every condition but the abnormal ones, which are there only while they are true, and never both', () => {
    const abnormal = new Set<string>(abnormalTypes);
    const normal = Object.keys(conditionReasons).filter((type) => !abnormal.has(type));
    check(({ next }) => {
      const types = (next.conditions ?? []).map(({ type }) => type);
      assert.deepEqual(
        types.filter((type) => !abnormal.has(type)),
        normal,
      );
      const there = (next.conditions ?? []).filter(({ type }) => abnormal.has(type));
      assert.ok(there.length <= 1 && there.every(({ status }) => status === 'True'));
    });
  });

  it('is the same when it is computed again from itself', () => {
    check(({ input, next }) => assert.deepEqual(computeStatus({ ...input, previous: next }), next));
  });

  it('moves a time exactly with its status', () => {
    check(({ previous, next }) => {
      for (const condition of next.conditions ?? []) {
        const before = previous?.conditions?.find(({ type }) => type === condition.type);
        if (before?.status === condition.status) assert.equal(condition.lastTransitionTime, before.lastTransitionTime);
      }
    });
  });

  it('never says Ready for a generation of which nothing was seen', () => {
    check(({ input, previous, next }) => {
      if (input.queue.kind === 'Seen' || input.courier.spec.suspend) return;
      const before = previous?.conditions?.find(({ type }) => type === 'Ready');
      if (before?.observedGeneration === input.courier.metadata.generation) return;
      const reachable = previous?.conditions?.find(({ type }) => type === 'QueueReachable');
      assert.notEqual(conditionsOf(next)[0], 'Ready=True/Ready', JSON.stringify(reachable));
    });
  });
});

it('no reason of Stalled is unknown to Ready', () => {
  for (const reason of Object.keys(conditionReasons.Stalled)) assert.ok(reason in conditionReasons.Ready, reason);
});
