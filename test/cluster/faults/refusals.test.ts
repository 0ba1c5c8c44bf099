import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SeenRequest } from '../../support/kube/chaos-proxy.ts';
import { eventually } from '../suite.ts';
import { converged, madeAndRemoved, stays, undisturbed } from './oracles.ts';
import { faultyCluster, Stage } from './stage.ts';

const cluster = await faultyCluster();

describe('an API server that goes away or has had enough (faults 13, 14)', () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`the operator outlives an API server that is ended by ${signal} and started again`, async (test) => {
      const stage = await Stage.set(cluster, test);
      const operator = await stage.startOperator();
      await stage.apply();
      await converged(stage, 0);
      const { apiServer } = cluster.controlPlane;
      if (signal === 'SIGKILL') await apiServer.kill();
      else await apiServer.stop();
      await apiServer.start();
      await cluster.controlPlane.ready();
      await stage.apply({ scaling: { minReplicas: 1 } });
      await converged(stage, 1);
      await stays(stage);
      assert.equal(operator.child.exitCode, null, operator.log);
      assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
    });
  }

  it('a server that refuses lists is asked again, and not before it wants to be', async (test) => {
    const stage = await Stage.set(cluster, test);
    const retryAfterSeconds = 3;
    stage.proxy.rule({ path: /couriers\?.*limit=/, action: { do: 'answer', status: 429, retryAfterSeconds } });
    stage.proxy.rule({ path: /couriers\?.*limit=/, action: { do: 'answer', status: 500 } });
    stage.proxy.rule({ path: /deployments\?.*limit=/, times: 2, action: { do: 'answer', status: 503 } });
    stage.proxy.rule({ path: /pods\?.*limit=/, action: { do: 'answer', status: 429, retryAfterSeconds: 1 } });
    await stage.apply();
    const operator = await stage.startOperator();
    await converged(stage, 0);
    const gaps = (plural: string) => gapsMs(stage.proxy.seen.filter(({ path }) => path.includes(`/${plural}?`)));
    assert.ok(least(gaps('couriers')[0]) >= 3000, String(gaps('couriers')));
    assert.ok(least(gaps('couriers')[1]) >= 1600, String(gaps('couriers')));
    assert.ok(
      least(gaps('deployments')[0]) >= 800 && least(gaps('deployments')[1]) >= 1600,
      String(gaps('deployments')),
    );
    assert.ok(least(gaps('pods')[0]) >= 1000, String(gaps('pods')));
    assert.equal(operator.child.exitCode, null, operator.log);
    await stays(stage);
  });

  it('a server that refuses writes for some time gets them when it wants them', async (test) => {
    const stage = await Stage.set(cluster, test);
    const action = { do: 'answer', status: 429, retryAfterSeconds: 2 } as const;
    stage.proxy.rule({ method: 'PATCH', path: /\/deployments\//, times: 2, action });
    // A resync looks at the Courier whatever was asked: without it.
    await stage.startOperator({ resyncSeconds: 60 });
    await stage.apply();
    await converged(stage, 0);
    const patches = stage.proxy.writes.filter(({ path }) => path.includes('/deployments/'));
    assert.ok(patches.length <= 6, `${patches.length} writes`);
    await eventually(
      'the rest is written',
      async () => (await madeAndRemoved(stage)).length === undisturbed('orders').length,
    );
  });
});

describe('children that are refused (fault 17)', () => {
  it('a template that the API server finds invalid stalls the Courier until it is mended', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.startOperator();
    const volumeMounts = [{ name: 'nowhere', mountPath: '/data' }];
    await stage.apply({ worker: { podTemplate: { spec: { containers: [{ name: 'worker', volumeMounts }] } } } });
    const stalled = await stage.condition('Stalled', ({ reason }) => reason === 'ChildRejected');
    const message = stalled.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
    assert.match(message, /nowhere/);
    assert.match(message, /spec\.worker/);
    await staysCalm(stage);
    await stage.apply();
    await converged(stage, 0);
    await stays(stage);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  });

  it('a quota stalls the Courier until there is room', async (test) => {
    const stage = await Stage.set(cluster, test);
    const quotas = `/api/v1/namespaces/${stage.namespace}/resourcequotas`;
    const hard = { 'count/deployments.apps': '0' };
    await stage.admin.create(quotas, { metadata: { name: 'none' }, spec: { hard } });
    await eventually(
      'the quota counts',
      async () => {
        const { status } = await stage.admin.get<{ status?: { hard?: object } }>(`${quotas}/none`);
        return status?.hard !== undefined;
      },
      60_000,
    );
    await stage.startOperator();
    await stage.apply();
    const stalled = await stage.condition('Stalled', ({ reason }) => reason === 'ChildRejected');
    assert.match(stalled.status?.conditions?.find(({ type }) => type === 'Stalled')?.message ?? '', /quota/);
    await staysCalm(stage);
    await stage.admin.delete(`${quotas}/none`);
    await converged(stage, 0);
    await stays(stage);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  });

  it('a selector that may not change stalls the Courier until whoever holds it is gone', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.startOperator();
    await stage.apply();
    await converged(stage, 0);
    const causes = [{ reason: 'FieldValueInvalid', field: 'spec.selector', message: 'field is immutable' }];
    const details = { kind: 'Deployment', causes };
    const body = {
      kind: 'Status',
      code: 422,
      reason: 'Invalid',
      message: 'spec.selector: field is immutable',
      details,
    };
    const action = { do: 'answer', status: 422, body } as const;
    stage.proxy.rule({ method: 'PATCH', path: /\/deployments\//, times: 10_000, action });
    await stage.apply({ scaling: { minReplicas: 1 } });
    const stalled = await stage.condition('Stalled', ({ reason }) => reason === 'ChildRejected');
    assert.match(stalled.status?.conditions?.find(({ type }) => type === 'Stalled')?.message ?? '', /immutable/);
    await staysCalm(stage);
    stage.proxy.heal();
    await converged(stage, 1);
    await stays(stage);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  });
});

/** No hot loop: what is refused is tried at most twice a second from some time on, and each resync tries once. */
async function staysCalm({ proxy }: Stage): Promise<void> {
  const attempts = () => proxy.writes.filter(({ path }) => path.includes('/deployments')).length;
  const spanMs = 3_000;
  const before = attempts();
  const startMs = Date.now();
  await eventually('the time is over', () => Date.now() - startMs >= spanMs);
  const made = attempts() - before;
  assert.ok(made <= 12, `${made} attempts within ${spanMs} ms`);
}

function gapsMs(requests: readonly SeenRequest[]): readonly number[] {
  return requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
}

function least(gapMs: number | undefined): number {
  // Clocks of two processes, and the milliseconds in which a request is on its way.
  return (gapMs ?? 0) + 50;
}
