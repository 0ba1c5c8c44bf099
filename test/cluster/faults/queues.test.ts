import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../suite.ts';
import { converged, madeAndRemoved, ReplicaHistory, stays, undisturbed } from './oracles.ts';
import { type Attributes, QueueFront } from './queue-front.ts';
import { faultyCluster, Stage, times } from './stage.ts';

const cluster = await faultyCluster();
const intervalMs = times.intervalSeconds * 1000;

/** What SQS says that is no number of messages, or not the right one. */
const absurd: readonly [string, () => Attributes][] = [
  ['no number', () => counters('NaN')],
  ['nothing', () => ({})],
  ['a negative number', () => counters('-1')],
];

/** How SQS fails, and what the condition says then. */
const failures: readonly [string, (stage: Stage) => void, { reason: string; stalled: boolean }][] = [
  ['is throttled', ({ aws }) => aws.faults.on(look).throttle(), { reason: 'QueueUnavailable', stalled: false }],
  [
    'fails',
    ({ aws }) => aws.faults.on(look).error('InternalError', 500),
    { reason: 'QueueUnavailable', stalled: false },
  ],
  ['breaks the connection', ({ aws }) => aws.faults.on(look).cut(), { reason: 'QueueUnavailable', stalled: false }],
  [
    'takes ten seconds',
    ({ aws }) => aws.faults.on(look).delayMs(10_000),
    { reason: 'QueueUnavailable', stalled: false },
  ],
  [
    'refuses',
    ({ aws }) => aws.faults.on(look).error('AccessDenied', 403),
    { reason: 'QueueAccessDenied', stalled: true },
  ],
  [
    'has lost the queue',
    ({ aws }) => aws.faults.on(look).error('QueueDoesNotExist', 400),
    { reason: 'QueueNotFound', stalled: true },
  ],
];
const look = 'GetQueueAttributes';

describe('a queue that cannot be read (fault 23)', () => {
  for (const [what, fail, { reason, stalled }] of failures) {
    it(`SQS ${what}: the workers stay, and the condition says so`, async (test) => {
      const stage = await Stage.set(cluster, test);
      const operator = await stage.startOperator();
      await stage.apply({ scaling: { idleAfterSeconds: 0 } });
      await stage.send(2);
      await converged(stage, 2);
      const history = await ReplicaHistory.of(stage, test);
      fail(stage);
      const failed = await stage.condition('QueueReachable', (found) => found.status === 'False');
      const conditions = new Map(failed.status?.conditions?.map((condition) => [condition.type, condition]));
      assert.equal(conditions.get('QueueReachable')?.reason, reason);
      assert.equal(conditions.get('ScalingActive')?.status, 'False');
      if (stalled) await stage.condition('Stalled', (found) => found.reason === reason);
      else assert.equal(conditions.has('Stalled'), false);
      await delay(5 * intervalMs);
      assert.deepEqual(history.replicas, [2]);
      stage.aws.faults.clear();
      await stage.send(1);
      await converged(stage, 3);
      await stays(stage);
      assert.deepEqual(history.replicas, [2, 3]);
      assert.equal(operator.child.exitCode, null, operator.log);
      assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
    });
  }

  for (const [what, attributes] of absurd) {
    it(`SQS counts ${what}: the workers stay`, async (test) => {
      const stage = await Stage.set(cluster, test);
      const front = await QueueFront.start(stage.aws.endpoint, test);
      await stage.startOperator();
      await stage.apply({ endpoint: front.endpoint, scaling: { idleAfterSeconds: 0 } });
      await stage.send(2);
      await converged(stage, 2);
      const history = await ReplicaHistory.of(stage, test);
      front.attributes = attributes;
      await stage.condition('QueueReachable', (found) => found.status !== 'True');
      await delay(5 * intervalMs);
      front.attributes = undefined;
      await converged(stage, 2);
      assert.deepEqual(history.replicas, [2]);
      await stays(stage);
    });
  }

  it('counters that swing with every look do not move the workers to and fro', async (test) => {
    const stage = await Stage.set(cluster, test);
    const front = await QueueFront.start(stage.aws.endpoint, test);
    await stage.startOperator();
    await stage.apply({ endpoint: front.endpoint, scaling: { maxReplicas: 3 } });
    await converged(stage, 0);
    const history = await ReplicaHistory.of(stage, test);
    const swing = ['0', '3', '1', '2', '0'];
    const before = front.looks;
    front.attributes = () => counters(swing[front.looks % swing.length] ?? '0');
    await eventually('six rounds of it', () => front.looks - before >= 6 * swing.length, 60_000);
    const { replicas } = history;
    assert.deepEqual(replicas, [...replicas].sort(), 'they only grow while there is work');
    assert.equal(replicas.at(-1), 3);
  });
});

describe('operators that have only just begun to look (fault 24)', () => {
  it('one that finds a million messages starts as many workers as there may be, at once', async (test) => {
    const stage = await Stage.set(cluster, test);
    const front = await QueueFront.start(stage.aws.endpoint, test);
    await stage.startOperator();
    await stage.apply({ endpoint: front.endpoint, scaling: { maxReplicas: 2 } });
    await converged(stage, 0);
    const history = await ReplicaHistory.of(stage, test);
    front.attributes = () => counters('1000000');
    await converged(stage, 2);
    await stays(stage);
    assert.deepEqual(history.replicas, [0, 2]);
  });

  it('one that finds an empty queue keeps the workers for a whole window of its own', async (test) => {
    const stage = await Stage.set(cluster, test);
    const idleAfterSeconds = 4;
    const first = await stage.startOperator();
    // Its workers speak to no operator: nobody waits long for them to say that they have finished.
    await stage.apply({ scaling: { idleAfterSeconds, drainTimeoutSeconds: 1 } });
    await stage.send(1);
    await converged(stage, 1);
    const history = await ReplicaHistory.of(stage, test);
    await stage.aws.sqs.call('PurgeQueue', { QueueUrl: stage.queueUrl });
    await stage.condition('Ready', ({ status }) => status === 'True');
    // Half of the window passes under the first, and none of it counts for the second.
    await delay((idleAfterSeconds * 1000) / 2);
    await first.end('SIGKILL');
    await stage.dropLease();
    const second = await stage.startOperator({ podName: 'operator-1' });
    await stage.leads('operator-1');
    const ledMs = Date.now();
    await stage.replicas(0);
    const [, zero] = history.steps;
    assert.deepEqual(history.replicas, [1, 0]);
    // The time at which it was seen to lead is at most a look of this test late.
    assert.ok((zero?.timeMs ?? 0) - ledMs >= idleAfterSeconds * 1000 - 500, `${(zero?.timeMs ?? 0) - ledMs} ms`);
    await converged(stage, 0);
    await stays(stage);
    assert.equal(second.child.exitCode, null, second.log);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  });
});

function counters(visible: string): Attributes {
  return {
    ApproximateNumberOfMessages: visible,
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
  };
}
