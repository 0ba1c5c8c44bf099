import assert from 'node:assert/strict';
import { decodeCourier } from '../../../api/courier.ts';
import type { CourierStatus } from '../../../api/v1alpha1.gen.ts';
import type { Deployment, LiveCourier } from '../../../operator/courier/objects.ts';
import type { PlanContext } from '../../../operator/courier/plan.ts';
import type { ObservedPod } from '../../../operator/courier/pods.ts';
import type { StatusDecision, StatusInput } from '../../../operator/courier/status-input.ts';
import { courierWith } from '../../api/manifests.ts';

/** The moment of every test: 2026-01-02T03:04:05.678Z. */
export const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export const context: PlanContext = {
  operatorImage: 'registry.example.com/courier:1.2.3',
  replicas: 3,
  draining: 0,
  podMonitors: false,
  exchangeTokenSha256: '5f'.repeat(32),
};

/** The smallest Courier, `shop/orders`, with the fields given by their paths, as the API server would store it. */
export function liveCourier(fields: Readonly<Record<string, unknown>> = {}): LiveCourier {
  return live(courierWith({ 'metadata.namespace': 'shop', ...fields }));
}

/** A manifest as the API server would store it. */
export function live(manifest: unknown, generation = 2): LiveCourier {
  const { courier, violations } = decodeCourier(manifest);
  assert.ok(courier !== undefined, JSON.stringify(violations));
  const { status: _fresh, metadata, ...rest } = courier;
  return { ...rest, metadata: { ...metadata, uid: '0b5e', generation } };
}

/** A Deployment whose rollout is complete, with `desired` workers of which `ready` are ready. */
export function deploymentOf(desired: number, ready = desired, status: Partial<Deployment['status']> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'courier-orders', namespace: 'shop', generation: 4 },
    spec: { replicas: desired, selector: {}, template: {} },
    status: {
      observedGeneration: 4,
      replicas: desired,
      updatedReplicas: desired,
      readyReplicas: ready,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }],
      ...status,
    },
  };
}

/** A pod that has just been started, changed as given. */
export function podWith(fields: Partial<ObservedPod> = {}): ObservedPod {
  return {
    name: 'courier-orders-a',
    image: 'courier:1',
    ready: false,
    terminating: false,
    sinceTimeMs: now - 5_000,
    restarts: 0,
    waiting: undefined,
    unschedulable: undefined,
    lastExitCode: undefined,
    ...fields,
  };
}

export const decision: StatusDecision = {
  replicas: 3,
  reason: 'Steady',
  limitedBy: 'None',
  explanation: '3 replicas: 120 messages drain in 4 s at 10/s per replica.',
  inputs: { B: 120, mu: 10.4 },
};

export const seen = {
  kind: 'Seen',
  counters: { visible: 120, notVisible: 30, delayed: 0 },
  maxReceiveCount: 5,
  timeMs: now - 1_000,
} as const;

/** What there is to see of a Courier that is well, changed as given. */
export function inputWith(fields: Partial<StatusInput> = {}): StatusInput {
  return {
    courier: liveCourier(),
    previous: undefined,
    deployment: deploymentOf(3),
    pods: [],
    queue: seen,
    decision,
    draining: 0,
    planError: undefined,
    applyError: undefined,
    reports: [],
    nowTimeMs: now,
    ...fields,
  };
}

/** `Ready=True/Ready`: each condition of a status in short. */
export function conditionsOf({ conditions }: CourierStatus): readonly string[] {
  return (conditions ?? []).map(({ type, status, reason }) => `${type}=${status}/${reason}`);
}

/** The message of a condition. */
export function messageOf({ conditions }: CourierStatus, type: string): string {
  return conditions?.find((condition) => condition.type === type)?.message ?? '';
}
