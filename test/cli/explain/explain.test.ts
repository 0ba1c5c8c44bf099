import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { CourierStatus } from '../../../api/v1alpha1.gen.ts';
import { describeScaling, scalingJson } from '../../../cli/explain/report.ts';
import { liveCourier } from '../../operator/courier/fixtures.ts';
import { bareEnvironment, runCli, temporaryDirectory } from '../run-cli.ts';

const status: CourierStatus = {
  desiredReplicas: 6,
  readyReplicas: 4,
  backlog: { visible: 12_840, inFlight: 256, delayed: 0, observedTime: '2026-01-02T03:04:04Z' },
  scaling: {
    ...{ limitedBy: 'Backlog', reason: 'Backlog', replicaRate: '82' },
    explanation: '6 replicas: 12,840 messages and 210/s arriving drain in 58 s at 82/s per replica.',
    inputs: { wanted: '6', mu: '82', lambda: '210', later: '7' },
    decisions: [
      {
        ...{ time: '2026-01-02T03:04:05Z', from: 2, to: 6, reason: 'Backlog', limitedBy: 'Backlog' },
        explanation: '6 replicas: 13,000 messages drain in 60 s.',
        inputs: { mu: '82', lambda: '210' },
      },
      {
        ...{ time: '2026-01-02T03:00:05Z', from: 2, to: 2, reason: 'RecipientDown', limitedBy: 'Recipient' },
        explanation: '2 replicas: the recipient is down.',
      },
    ],
  },
};
const courier = { ...liveCourier(), status };

describe('courier explain', () => {
  it('writes out what would do something to the terminal', () => {
    const explanation = '1 replica: the queue says one\u001b[2Jtwo.';
    const told = describeScaling({ ...courier, status: { ...status, scaling: { ...status.scaling, explanation } } });
    assert.match(told, /^ {2}1 replica: the queue says one\\u001b\[2Jtwo\.$/m);
  });

  it('says the number, why, the figures with what they mean, and the last decisions', () => {
    assert.deepEqual(describeScaling(courier).split('\n'), [
      'shop/orders: 6 workers wanted, 4 ready',
      '  6 replicas: 12,840 messages and 210/s arriving drain in 58 s at 82/s per replica.',
      '  reason Backlog, limited by Backlog',
      '  12,840 waiting, 256 in flight, 0 delayed at 2026-01-02T03:04:04Z',
      '    lambda  210  messages that arrive a second',
      '    mu       82  messages that a busy worker delivers a second',
      '    wanted    6  workers that are wanted before caps and steps',
      '    later     7',
      '',
      'The last decisions that changed something:',
      '  2026-01-02T03:04:05Z  2 -> 6  Backlog, limited by Backlog',
      '    6 replicas: 13,000 messages drain in 60 s.',
      '    lambda 210, mu 82',
      '  2026-01-02T03:00:05Z  2  RecipientDown, limited by Recipient',
      '    2 replicas: the recipient is down.',
    ]);
  });

  it('says how many finish before they leave', () => {
    const draining = { ...courier, status: { ...status, scaling: { ...status.scaling, draining: 2 } } };
    assert.match(describeScaling(draining), /4 ready, 2 finishing before they leave/);
  });

  it('says where to look when nothing has been decided yet', () => {
    assert.equal(
      describeScaling(liveCourier()),
      'shop/orders: nothing has been decided yet. See kubectl -n shop describe courier orders.',
    );
  });

  it('says first what is wrong, whether something has been decided or not, and each thing once', () => {
    const since = { lastTransitionTime: '2026-01-02T03:04:05Z' };
    const paused = { reason: 'DeliveryPaused', message: 'The recipient answered 410.', ...since };
    const conditions = [
      { type: 'Ready', status: 'False', ...paused },
      { type: 'RecipientHealthy', status: 'False', ...paused },
      { type: 'AuditHealthy', status: 'False', reason: 'Blocked', message: 'There is no such stream.', ...since },
    ] as const;
    const troubles = [
      '  Ready, DeliveryPaused: The recipient answered 410.',
      '  AuditHealthy, Blocked: There is no such stream.',
    ];
    const decided = describeScaling({ ...courier, status: { ...status, conditions } }).split('\n');
    assert.deepEqual(decided.slice(0, 4), [
      'shop/orders: 6 workers wanted, 4 ready',
      ...troubles,
      '  6 replicas: 12,840 messages and 210/s arriving drain in 58 s at 82/s per replica.',
    ]);
    const undecided = describeScaling({ ...courier, status: { conditions } });
    assert.deepEqual(undecided.split('\n'), ['shop/orders: nothing has been decided yet.', ...troubles]);
  });

  it('gives a program all of it', () => {
    const { namespace, scaling, troubles } = JSON.parse(scalingJson(courier));
    assert.equal(namespace, 'shop');
    assert.deepEqual(scaling, status.scaling);
    assert.deepEqual(troubles, []);
  });
});

/** A kubeconfig for an API server that has the Courier shop/orders and nothing else. */
async function cluster(t: TestContext): Promise<NodeJS.ProcessEnv> {
  const server = createServer(({ url }, response) => {
    const isThere = url === '/apis/courier.dev/v1alpha1/namespaces/shop/couriers/orders';
    const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isThere ? courier : missing));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(await temporaryDirectory(t), 'kubeconfig');
  const text = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'here', users: [{ name: 'me', user: {} }] },
    clusters: [{ name: 'here', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me', namespace: 'shop' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(text));
  return bareEnvironment({ KUBECONFIG: kubeconfig });
}

describe('the command', () => {
  it("reads the Courier with the rights of the kubeconfig, in its context's namespace", async (t) => {
    const { exitCode, stdout, stderr } = await runCli(t, ['explain', 'orders'], await cluster(t));
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, `${describeScaling(courier)}\n`);
  });

  it('says what is wrong with a name, a namespace or a context', async (t) => {
    const env = await cluster(t);
    const missing = await runCli(t, ['explain', 'orders', '-n', 'other', '--json'], env);
    assert.equal(missing.exitCode, 1);
    assert.match(missing.stderr, /There is no Courier orders in the namespace other\. .*-n\.\n$/);
    const context = await runCli(t, ['explain', 'orders', '--context', 'there'], env);
    assert.equal(context.exitCode, 2);
    assert.match(context.stderr, /has no context "there"\. Name one of here\./);
  });
});
