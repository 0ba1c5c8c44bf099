import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosProxy } from '../../support/kube/chaos-proxy.ts';
import type { OperatorUnderTest } from '../operator-under-test.ts';
import { eventually } from '../suite.ts';
import { converged, madeAndRemoved, ReplicaHistory, stays, undisturbed } from './oracles.ts';
import { faultyCluster, Stage } from './stage.ts';

const cluster = await faultyCluster();
const leaseSeconds = 6;
const leaseMs = leaseSeconds * 1000;
/** What a standby needs besides: it tries every 2/15 of the lease, and a processor is shared by many. */
const slackMs = 5_000;

/** A leader `operator-a` and its standby `operator-b`, each behind a proxy of its own, and a Courier with one worker. */
type Two = { readonly stage: Stage; readonly a: Replica; readonly b: Replica };
type Replica = { readonly proxy: ChaosProxy; readonly operator: OperatorUnderTest };

async function two(test: TestContext): Promise<Two> {
  const stage = await Stage.set(cluster, test);
  const a = { proxy: stage.proxy, operator: await stage.startOperator({ podName: 'operator-a', leaseSeconds }) };
  await stage.leads('operator-a');
  const proxy = await stage.newProxy();
  const b = { proxy, operator: await stage.startOperator({ podName: 'operator-b', leaseSeconds, proxy }) };
  await stage.apply({ scaling: { minReplicas: 1 } });
  await converged(stage, 1);
  await eventually('the standby is ready', async () => (await b.operator.get('/readyz')).includes('[+]caches'), 60_000);
  assert.deepEqual(b.proxy.writes, []);
  return { stage, a, b };
}

describe('leaders that lose the lead (faults 19, 20, 27)', () => {
  for (const when of ['at rest', 'within a reconcile'] as const) {
    it(`one that is halted ${when} past its lease writes nothing when it goes on, and ends`, async (test) => {
      const { stage, a, b } = await two(test);
      const history = await ReplicaHistory.of(stage, test);
      if (when === 'at rest') {
        a.operator.child.kill('SIGSTOP');
        await stage.apply({ scaling: { minReplicas: 3 } });
      } else {
        // The ConfigMap of a plan is written, and its Deployment must never be.
        const halted = Promise.withResolvers<void>();
        const run = () => {
          a.operator.child.kill('SIGSTOP');
          halted.resolve();
        };
        a.proxy.rule({ method: 'PATCH', path: /configmaps/, action: { do: 'run after send', run } });
        await stage.apply({ scaling: { minReplicas: 2 }, recipient: { timeoutSeconds: 7 } });
        await halted.promise;
        await stage.apply({ scaling: { minReplicas: 3 }, recipient: { timeoutSeconds: 8 } });
      }
      const haltedMs = Date.now();
      await stage.leads('operator-b');
      assert.ok(
        Date.now() - haltedMs <= leaseMs + 2_000 + slackMs,
        `the standby led after ${Date.now() - haltedMs} ms`,
      );
      await stage.replicas(3);
      const before = a.proxy.writes.length;
      a.operator.child.kill('SIGCONT');
      assert.equal(await a.operator.exit, 1, a.operator.log);
      assert.deepEqual(
        a.proxy.writes.slice(before).map(({ method, path }) => `${method} ${path}`),
        [],
      );
      await converged(stage, 3);
      await stays(stage);
      assert.deepEqual(history.replicas, [1, 3]);
      assert.ok(b.proxy.writes.length > 0);
      assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
    });
  }

  for (const action of [{ do: 'hang' }, { do: 'answer', status: 500 }] as const) {
    it(`one whose lease cannot be reached (${action.do}) ends before its standby leads`, async (test) => {
      const { stage, a } = await two(test);
      const unreachableMs = Date.now();
      a.proxy.rule({ path: /\/leases/, times: 10_000, action });
      assert.equal(await a.operator.exit, 1, a.operator.log);
      const exitMs = Date.now();
      assert.ok(exitMs - unreachableMs <= (leaseMs * 2) / 3 + slackMs, `it ended after ${exitMs - unreachableMs} ms`);
      assert.match((await stage.lease())?.spec?.holderIdentity ?? '', /^operator-a_/);
      await stage.leads('operator-b');
      assert.ok(Date.now() - unreachableMs <= leaseMs + 2_000 + slackMs);
      await stage.apply({ scaling: { minReplicas: 2 } });
      await converged(stage, 2);
      await stays(stage);
      assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
    });
  }

  it('one that is asked to stop within a reconcile ends it and gives the lead back', async (test) => {
    const { stage, a } = await two(test);
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const run = () => {
      reached.resolve();
      return held.promise;
    };
    a.proxy.rule({ method: 'PATCH', path: /configmaps/, action: { do: 'run before send', run } });
    const before = a.proxy.writes.length;
    await stage.apply({ scaling: { minReplicas: 2 }, recipient: { timeoutSeconds: 7 } });
    await reached.promise;
    a.operator.child.kill('SIGTERM');
    // Long enough for the signal to arrive, short of the lease.
    await delay(300);
    const holder = (await stage.lease())?.spec?.holderIdentity ?? '';
    assert.match(holder, /^operator-a_/, 'it leads as long as it writes');
    held.resolve();
    assert.equal(await a.operator.exit, 0, a.operator.log);
    const endedMs = Date.now();
    await stage.leads('operator-b');
    assert.ok(Date.now() - endedMs <= 2_000, `the standby led after ${Date.now() - endedMs} ms`);
    const written = a.proxy.writes.slice(before).map(({ path }) => path);
    const last = written.findLastIndex((path) => path.includes('/leases/'));
    assert.ok(
      written.some((path) => path.includes('/deployments/')),
      'the reconcile went to its end',
    );
    assert.equal(last, written.length - 1, 'the lease comes last');
    await converged(stage, 2);
    await stays(stage);
  });
});
