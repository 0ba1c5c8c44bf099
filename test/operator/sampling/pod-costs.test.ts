import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { KubeError } from '../../../operator/kube/errors.ts';
import { PodCosts } from '../../../operator/sampling/pod-costs.ts';
import { deletionCostAnnotation, type WorkerPod, workerPod } from '../../../operator/sampling/worker-pods.ts';
import { fleetWorker } from '../fleet/fake-fleet.ts';

const signal = new AbortController().signal;
const pod = (name: string, deletionCost = 0): WorkerPod => ({
  ...fleetWorker(`uid-${name}`),
  ...{ namespace: 'shop', name, deletionCost },
});

describe('the costs of removing pods', () => {
  let patches: unknown[];
  let warnings: unknown[];
  let failure: KubeError | undefined;
  const log = { warn: (fields: object) => warnings.push(fields) };
  const costs = new PodCosts({
    client: {
      patch: async (_resource, ref, patch, options) => {
        if (failure !== undefined) throw failure;
        patches.push([ref, patch, options]);
        return { metadata: { name: ref.name } } as never;
      },
    },
    log: { ...log, info() {}, error() {}, debug() {} } as never,
  });
  beforeEach(() => {
    patches = [];
    warnings = [];
    failure = undefined;
  });

  it('are written where a pod does not say so already, to that very pod', async () => {
    const written = new Map([
      ['uid-a', 0],
      ['uid-b', 4],
      ['uid-c', 7],
    ]);
    await costs.write([pod('a'), pod('b'), pod('c', 7)], written, signal);
    const annotations = { [deletionCostAnnotation]: '4' };
    assert.deepEqual(patches, [
      [{ namespace: 'shop', name: 'b' }, { metadata: { uid: 'uid-b', annotations } }, { type: 'merge' }],
    ]);
  });

  it('need not be written to a pod that is gone, or made again', async () => {
    for (const [status, reason] of [
      [404, 'NotFound'],
      [409, 'Conflict'],
    ] as const) {
      failure = new KubeError({ operation: 'patch pods', status, reason, detail: '' });
      await costs.write([pod('a')], new Map([['uid-a', 3]]), signal);
    }
    assert.deepEqual(warnings, []);
  });

  it('that cannot be written are told, and keep nobody from leaving', async () => {
    failure = new KubeError({ operation: 'patch pods', status: 403, reason: 'Forbidden', detail: 'no' });
    await costs.write([pod('a')], new Map([['uid-a', 3]]), signal);
    assert.equal(warnings.length, 1);
  });
});

describe("a worker's pod", () => {
  it('is what scaling needs to know of it', () => {
    const made = workerPod({
      metadata: {
        ...{ namespace: 'shop', name: 'a', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
        annotations: { [deletionCostAnnotation]: '5' },
      },
      spec: { containers: [], nodeName: 'node' },
      status: {
        ...{ phase: 'Running', podIP: '10.0.0.1' },
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:07Z' }],
      },
    });
    assert.deepEqual(made, {
      ...{ namespace: 'shop', name: 'a', id: 'u', address: { host: '10.0.0.1', port: 8080 } },
      ...{ placed: true, ready: true, leaving: false, over: false, deletionCost: 5 },
      createdTimeMs: Date.parse('2026-01-01T00:00:00Z'),
      readyTimeMs: Date.parse('2026-01-01T00:00:07Z'),
    });
  });

  it('is over when all that ran in it has ended', () => {
    assert.equal(workerPod({ metadata: { name: 'a' }, status: { phase: 'Succeeded' } }).over, true);
  });

  it('cannot run before it has a node', () => {
    assert.equal(workerPod({ metadata: { name: 'a' }, status: { phase: 'Pending' } }).placed, false);
  });
});
