import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../../operator/kube/client.ts';
import { systemClock } from '../../operator/kube/clock.ts';
import { events } from '../../operator/kube/event-series.ts';
import { EventRecorder } from '../../operator/kube/events.ts';
import { LeaderElector } from '../../operator/kube/leader-election.ts';
import { Reflector } from '../../operator/kube/reflector.ts';
import { Store } from '../../operator/kube/store.ts';
import { ChaosProxy } from '../support/kube/chaos-proxy.ts';
import { failureOf } from '../support/kube/errors.ts';
import { configMap, configMaps } from '../support/kube/kinds.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';

const cluster = await sharedCluster();
const { controlPlane } = cluster;

/** A client through a proxy that can do what it likes with the conversation. */
async function throughProxy(test: TestContext): Promise<{ client: KubeClient; proxy: ChaosProxy }> {
  const { server: url, ca, token } = controlPlane.connection('admin');
  const proxy = await ChaosProxy.start({ target: { url, ca } });
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser({ name: 'c', server: proxy.url, skipTLSVerify: true }, { name: 'u', token });
  const client = KubeClient.connect(kubeConfig, { userAgent: 'kube-runtime' });
  test.after(async () => {
    await client.close();
    await proxy.close();
  });
  return { client, proxy };
}

describe('the runtime layer, on a real API server', () => {
  it('keeps a store in step through breaks of every kind and a restart of the API server', async (test) => {
    const namespace = await testNamespace(cluster, test);
    const { client, proxy } = await throughProxy(test);
    const store = new Store({});
    const selection = { namespace, labelSelector: 'followed=yes' };
    const follower = { client, resource: configMaps, selection, store, clock: systemClock, random: Math.random };
    const reflector = new Reflector(follower);
    const end = new AbortController();
    const running = reflector.run(end.signal);
    await reflector.synced;
    const interruptions: (() => unknown)[] = [
      () => proxy.resetWatches(),
      () => proxy.truncateWatches(),
      () => proxy.sendToWatches('garbage'),
      () => proxy.errorEvent(410, 'Expired'),
      () => controlPlane.apiServer.restart(),
    ];
    for (const [index, interrupt] of interruptions.entries()) {
      const name = `object-${index}`;
      await client.create(configMaps, configMap(namespace, name, 'one', { followed: 'yes' }));
      await interrupt();
      await controlPlane.ready();
      await client.apply(configMaps, configMap(namespace, name, 'two', { followed: 'yes' }), { fieldManager: 'test' });
      if (index > 0) await client.delete(configMaps, { namespace, name: `object-${index - 1}` });
      await eventually(
        'the store shows what the server has',
        async () => {
          const { items } = await client.list(configMaps, selection);
          const versions = (objects: Iterable<{ metadata: { name: string; resourceVersion?: string } }>) =>
            Array.from(objects, ({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).sort();
          assert.deepEqual(versions(store.values()), versions(items));
          return true;
          // The reflector backs off by up to 30 s, and as much again by its jitter.
        },
        120_000,
      );
    }
    end.abort();
    await running;
  });

  it('hands the lead over when the leader is cut off, and when it gives the lead back', async (test) => {
    const namespace = await testNamespace(cluster, test);
    const times = { leaseMs: 3000, renewDeadlineMs: 2000, retryMs: 300 };
    const contender = async (identity: string) => {
      const { client, proxy } = await throughProxy(test);
      const options = { client, namespace, name: 'lock', identity, times, clock: systemClock, random: Math.random };
      const elector = new LeaderElector(options);
      const end = new AbortController();
      const running = elector.run(end.signal);
      const stop = async () => {
        end.abort();
        await running;
      };
      return { elector, proxy, stop, fenced: client.guarded(elector.guard) };
    };
    const first = await contender('first');
    await first.elector.elected;
    const second = await contender('second');
    await first.fenced.create(configMaps, configMap(namespace, 'written-by-leader'));
    assert.ok((await failureOf(second.fenced.create(configMaps, configMap(namespace, 'refused')))).isWriteRefused);
    first.proxy.partition();
    await first.elector.lost;
    assert.equal(second.elector.mayWrite(), false);
    await second.elector.elected;
    const third = await contender('third');
    await eventually('the third knows who leads', () => third.elector.leader === 'second');
    await second.stop();
    await third.elector.elected;
    await Promise.all([third.stop(), first.stop()]);
  });

  it('writes events that the API server takes, and counts their repetitions', async (test) => {
    const namespace = await testNamespace(cluster, test);
    const { client } = await throughProxy(test);
    const regarding = await client.create(configMaps, configMap(namespace, 'subject'));
    const recorder = new EventRecorder({ client, controller: 'test.dev/it', instance: 'it-1', clock: systemClock });
    const end = new AbortController();
    const running = recorder.run(end.signal);
    const note = `It was tested: ${randomUUID()}.`;
    const happening = { regarding, type: 'Warning', reason: 'Tested', action: 'Test', note } as const;
    recorder.record(happening);
    await eventually('the event is there', async () => (await client.list(events, { namespace })).items.length === 1);
    recorder.record(happening);
    const counted = await eventually('the event is counted', async () => {
      const [event] = (await client.list(events, { namespace })).items;
      return event?.series?.count === 2 ? event : undefined;
    });
    assert.deepEqual([counted.note, counted.regarding.uid], [note, regarding.metadata.uid]);
    assert.equal(recorder.dropped, 0);
    end.abort();
    await running;
  });
});
