import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pod } from '../../../operator/courier/objects.ts';
import { type ObservedPod, observePod } from '../../../operator/courier/pods.ts';
import { computeStatus } from '../../../operator/courier/status.ts';
import { conditionsOf, deploymentOf, inputWith, messageOf, now, podWith } from './fixtures.ts';

const well = computeStatus(inputWith({ nowTimeMs: now - 60_000 }));
const waiting = (reason: string, message = 'said the kubelet') => podWith({ waiting: { reason, message } });
const statusOf = (pods: readonly ObservedPod[], deployment = deploymentOf(3, 2)) =>
  computeStatus(inputWith({ previous: well, deployment, pods }));

/** What is wrong with a pod, whether that is a dead end, and what the message must hold. */
const troubles: Readonly<Record<string, readonly [ObservedPod, 'Stalled' | 'Reconciling', RegExp]>> = {
  ImageInvalid: [
    waiting('InvalidImageName'),
    'Stalled',
    /^The image courier:1 of 1 of 3 workers .* Correct spec\.worker\.image\.$/,
  ],
  ImagePullFailed: [
    waiting('ImagePullBackOff'),
    'Stalled',
    /\(said the kubelet\)\. Correct .* ServiceAccount courier-orders/,
  ],
  ContainerConfigInvalid: [waiting('CreateContainerConfigError'), 'Stalled', /Create what is missing/],
  WorkersCrashing: [
    podWith({ restarts: 5, lastExitCode: 1 }),
    'Reconciling',
    /courier-orders-a was started again 5 times, the last time with exit code 1\. .* kubectl logs -n shop courier-orders-a --previous\.$/,
  ],
  PodsUnschedulable: [
    podWith({ unschedulable: '0/3 nodes are available', sinceTimeMs: now - 60_000 }),
    'Reconciling',
    /^There is no node for 1 of 3 workers \(0\/3 nodes are available\)\. Add nodes/,
  ],
  WorkersUnready: [
    podWith({ sinceTimeMs: now - 60_000 }),
    'Reconciling',
    /^1 of 3 workers is not ready, courier-orders-a since 2026-01-02T03:03:05Z\. Read why/,
  ],
};

describe('workers that do not become ready', () => {
  for (const [reason, [pod, condition, message]] of Object.entries(troubles)) {
    it(`are reported as ${reason}`, () => {
      const status = statusOf([podWith({ ready: true }), pod]);
      const [ready, second] = conditionsOf(status);
      assert.equal(ready, `Ready=False/${reason}`);
      assert.equal(second, `${condition}=True/${condition === 'Stalled' ? reason : 'Retrying'}`);
      assert.ok(conditionsOf(status).includes(`WorkloadAvailable=False/${reason}`));
      assert.match(messageOf(status, 'WorkloadAvailable'), message);
    });
  }

  it('are looked for in events while there is no container whose log could be read', () => {
    const pod = podWith({ waiting: { reason: 'ContainerCreating', message: '' }, sinceTimeMs: now - 60_000 });
    assert.match(
      messageOf(statusOf([pod]), 'WorkloadAvailable'),
      /1 of 3 workers is not started, .*: a Secret or a volume .* may be missing\. Read which with kubectl describe pod -n shop/,
    );
  });

  it('may take a minute, be it for a node or for the queue', () => {
    const young = [podWith({ sinceTimeMs: now - 59_000 }), podWith({ unschedulable: 'no node' })];
    assert.deepEqual(conditionsOf(statusOf(young))[0], 'Ready=True/Ready');
  });

  it('are said to have been started again once, where it was once', () => {
    const status = statusOf([podWith({ ...waiting('CrashLoopBackOff'), restarts: 1 })]);
    assert.match(messageOf(status, 'Ready'), /was started again once\. /);
  });

  it('are told by the surest sign', () => {
    const pods = [podWith({ sinceTimeMs: 0 }), waiting('CrashLoopBackOff'), waiting('ErrImagePull')];
    assert.equal(conditionsOf(statusOf(pods))[0], 'Ready=False/ImagePullFailed');
  });

  it('do not count when they are leaving, or when none is wanted', () => {
    const leaving = { ...waiting('ImagePullBackOff'), terminating: true };
    assert.equal(conditionsOf(statusOf([leaving]))[0], 'Ready=True/Ready');
    assert.equal(conditionsOf(statusOf([waiting('ImagePullBackOff')], deploymentOf(0)))[0], 'Ready=True/Ready');
  });
});

describe('a Deployment', () => {
  it('that may not make pods is a dead end', () => {
    const conditions = [
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'pods "x" is forbidden: exceeded quota',
      },
    ];
    const status = statusOf([], deploymentOf(3, 1, { conditions }));
    assert.deepEqual(conditionsOf(status).slice(0, 2), ['Ready=False/PodsRefused', 'Stalled=True/PodsRefused']);
    assert.match(messageOf(status, 'Ready'), /\(pods "x" is forbidden: exceeded quota\)\. Raise the quota/);
  });

  it('whose rollout is stuck is a dead end', () => {
    const conditions = [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'it timed out' },
    ];
    const status = statusOf([], deploymentOf(3, 1, { conditions }));
    assert.deepEqual(conditionsOf(status).slice(0, 2), ['Ready=False/RolloutStuck', 'Stalled=True/RolloutStuck']);
  });

  it('whose pods lack an object is told to be given it', () => {
    const message = 'error looking up service account shop/nope: serviceaccount "nope" not found';
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
    assert.match(
      messageOf(statusOf([], deploymentOf(3, 1, { conditions })), 'Ready'),
      /"nope" not found\)\. Create what is missing, or correct spec\.worker\.$/,
    );
  });
});

describe('a pod', () => {
  const pod: Pod = {
    metadata: { name: 'courier-orders-a', creationTimestamp: '2026-01-02T03:00:00Z' },
    spec: { containers: [{ name: 'worker', image: 'courier:1' }] },
  };

  it('that nothing is known of yet is not ready, since it was made', () => {
    const sinceTimeMs = Date.parse('2026-01-02T03:00:00Z');
    assert.deepEqual(observePod(pod), podWith({ sinceTimeMs }));
  });

  it('that was evicted is over, however long its object stays', () => {
    for (const phase of ['Failed', 'Succeeded'])
      assert.equal(observePod({ ...pod, status: { phase } }).terminating, true);
    assert.equal(observePod({ ...pod, status: { phase: 'Running' } }).terminating, false);
  });

  it('is read where the kubelet and the scheduler write', () => {
    const observed = observePod({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: '2026-01-02T03:02:00Z' },
      status: {
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node' },
          { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T03:01:00Z' },
        ],
        containerStatuses: [
          { name: 'sidecar', image: 'x', imageID: '', ready: true, restartCount: 9 },
          {
            name: 'worker',
            image: 'courier:2',
            imageID: '',
            ready: false,
            restartCount: 2,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 137 } },
          },
        ],
      },
    });
    assert.deepEqual(observed, {
      name: 'courier-orders-a',
      image: 'courier:2',
      ready: true,
      terminating: true,
      sinceTimeMs: Date.parse('2026-01-02T03:01:00Z'),
      restarts: 2,
      waiting: { reason: 'CrashLoopBackOff', message: '' },
      unschedulable: 'no node',
      lastExitCode: 137,
    });
  });
});
