import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { type Clock, systemClock } from '../../../api/clock.ts';
import { KubeClient } from '../../../operator/kube/client.ts';
import { prometheusMetrics } from '../../../operator/kube/prometheus.ts';
import { runOperator } from '../../../operator/operator.ts';
import type { ChaosProxy, SeenRequest } from '../../support/kube/chaos-proxy.ts';
import { eventually } from '../suite.ts';
import { converged, madeAndRemoved, stays, undisturbed } from './oracles.ts';
import { faultyCluster, Stage } from './stage.ts';

const cluster = await faultyCluster();
const followed = ['couriers', 'deployments', 'pods'] as const;

describe('watches that break (faults 9, 10, 11, 12)', () => {
  it('clean ends of watches every 200 ms cause no list, and no more than the back-off allows', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.startOperator();
    await stage.apply();
    await converged(stage, 0);
    const before = stage.proxy.seen.length;
    const spanMs = 10_000;
    for (const end = Date.now() + spanMs; Date.now() < end; await delay(200)) stage.proxy.closeWatches();
    await stage.apply({ scaling: { minReplicas: 1 } });
    await converged(stage, 1);
    const seen = stage.proxy.seen.slice(before);
    for (const plural of followed) {
      assert.equal(seen.filter((request) => isList(request, plural)).length, 0, plural);
      // At least 0.8 s, 1.6 s, 3.2 s and 6.4 s apart.
      const watched = seen.filter((request) => isWatch(request, plural)).length;
      assert.ok(watched >= 1 && watched <= 5, `${plural} was watched ${watched} times`);
    }
    await stays(stage);
  });

  const breaks: readonly [string, (proxy: ChaosProxy) => void][] = [
    ['a reset', (proxy) => proxy.resetWatches()],
    ['a line that ends in its middle', (proxy) => proxy.truncateWatches()],
    ['a line that is no JSON', (proxy) => proxy.sendToWatches('{"type":"ADDED","object":')],
    ['an event without an object', (proxy) => proxy.sendToWatches('{"type":"ADDED"}')],
    ['an internal error', (proxy) => proxy.errorEvent(500, 'InternalError')],
  ];
  for (const [what, interrupt] of breaks) {
    it(`no object is lost to ${what}`, async (test) => {
      const stage = await Stage.set(cluster, test);
      const operator = await stage.startOperator();
      await stage.apply({ name: 'before' });
      await converged(stage, 0, 'before');
      interrupt(stage.proxy);
      await stage.apply({ name: 'after' });
      await stage.admin.delete(stage.deploymentPath('before'));
      await converged(stage, 0, 'after');
      await converged(stage, 0, 'before');
      await stays(stage);
      const again = 'made deployments/courier-before';
      assert.deepEqual(await madeAndRemoved(stage), [...undisturbed('after', 'before'), again].sort());
      assert.equal(operator.child.exitCode, null, operator.log);
    });
  }

  it('a watch that has expired is listed anew, and the list tells what was deleted', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.startOperator();
    await stage.apply({ name: 'gone' });
    const former = await stage.apply({ name: 'again' });
    await converged(stage, 0, 'gone');
    await converged(stage, 0, 'again');
    stage.proxy.swallowEvents(() => true);
    for (const name of ['gone', 'again']) await stage.admin.delete(stage.courierPath(name));
    await eventually('both gone', async () => (await stage.list('apis/courier.dev/v1alpha1', 'couriers')).length === 0);
    const fresh = await stage.apply({ name: 'again', scaling: { minReplicas: 1 } });
    assert.notEqual(fresh.metadata.uid, former.metadata.uid);
    stage.proxy.heal();
    // Also that the newest list is asked for when the server does not know of the version that was seen last.
    const tooLarge = { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' };
    const body = { kind: 'Status', code: 504, reason: 'Timeout', details: { causes: [tooLarge] } };
    stage.proxy.rule({ method: 'GET', path: /couriers\?.*limit=/, action: { do: 'answer', status: 504, body } });
    stage.proxy.errorEvent(410, 'Expired');
    await converged(stage, 1, 'again');
    await eventually(
      'only one has a Deployment',
      async () => (await stage.list('apis/apps/v1', 'deployments')).length === 1,
    );
    await stays(stage);
  });

  it('a list of which a page has expired is read in one piece, and a version that the server has forgotten is no end', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.apply();
    const list = (metadata: object) => ({ kind: 'List', apiVersion: 'v1', metadata, items: [] });
    const first = list({ resourceVersion: '1', continue: 'token' });
    stage.proxy.rule({ path: /couriers\?.*limit=/, action: { do: 'answer', status: 200, body: first } });
    stage.proxy.rule({ path: /couriers\?.*continue=token/, action: { do: 'answer', status: 410 } });
    // The version 1 is really too old: the server itself says so.
    const old = list({ resourceVersion: '1' });
    stage.proxy.rule({ path: /deployments\?.*limit=/, action: { do: 'answer', status: 200, body: old } });
    await stage.startOperator();
    await converged(stage, 0);
    await stays(stage);
    const listed = /\/couriers($|\?(?!.*watch=true))/;
    const lists = stage.proxy.seen.filter(({ path }) => listed.test(path));
    assert.deepEqual(
      lists.map(({ path, status }) => [/limit=/.test(path), /continue=/.test(path), status]),
      [
        [true, false, 200],
        [true, true, 410],
        [false, false, 200],
      ],
    );
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  });

  it('a watch that hangs with its connection open is given up at its deadline', async (test) => {
    const stage = await Stage.set(cluster, test);
    const faster = 30;
    const stop = new AbortController();
    const ended = runInProcess(stage, acceleratedClock(faster), stop.signal);
    test.after(() => stop.abort());
    await stage.apply({ name: 'before' });
    await converged(stage, 0, 'before');
    stage.proxy.freezeWatches();
    const frozen = [...stage.proxy.watches];
    assert.equal(frozen.length, 3);
    await stage.apply({ name: 'after' });
    const startMs = Date.now();
    await eventually('all watches are given up', () => frozen.every((watch) => !stage.proxy.watches.has(watch)));
    // 300 s that the server was asked for, and 30 s of patience.
    assert.ok(Date.now() - startMs < 360_000 / faster + 5_000);
    stage.proxy.thaw();
    await converged(stage, 0, 'after');
    stop.abort();
    assert.equal(await ended, true);
  });
});

function isWatch({ path }: SeenRequest, plural: string): boolean {
  return path.includes(`/${plural}?`) && path.includes('watch=true');
}

function isList({ path }: SeenRequest, plural: string): boolean {
  return path.includes(`/${plural}?`) && path.includes('limit=');
}

/** A clock for which every second is `factor` seconds: a watch lasts minutes. */
function acceleratedClock(factor: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic() * factor,
    setTimeout: (callback, delayMs) => systemClock.setTimeout(callback, delayMs / factor),
  };
}

/** Runs an operator in this process, whose watches last as short as they may. */
function runInProcess({ cluster, proxy, namespace }: Stage, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const { ca, token } = cluster.controlPlane.connection('admin');
  const kubeConfig = new KubeConfig();
  const to = { name: 'proxy', server: proxy.url, skipTLSVerify: false, caData: Buffer.from(ca).toString('base64') };
  kubeConfig.loadFromClusterAndUser(to, { name: 'admin', token });
  const registry = new Registry();
  const metrics = prometheusMetrics(registry);
  const userAgent = 'courier-operator';
  const client = KubeClient.connect(kubeConfig, { userAgent, clock, metrics: metrics.client });
  const config = {
    ...{
      namespace,
      watchNamespace: namespace,
      podName: 'in-process',
      image: 'courier-idle:test',
      listen: '127.0.0.1:0',
    },
    ...{ intervalMs: 30_000, resyncMs: 600_000, leaseMs: 600_000 },
  };
  const log = pino({ level: 'silent' });
  return runOperator({ config, client, registry, metrics, log, clock, random: () => 0 }, signal);
}
