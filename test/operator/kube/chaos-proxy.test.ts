import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../../../operator/kube/client.ts';
import type { WatchEvent } from '../../../operator/kube/requests.ts';
import { selfSignedCertificate } from '../../cluster/certificate.ts';
import { ChaosProxy } from '../../support/kube/chaos-proxy.ts';
import { failureOf } from '../../support/kube/errors.ts';
import { type HttpFront, listen } from '../../support/kube/http-front.ts';
import { type ConfigMap, configMap, configMaps } from '../../support/kube/kinds.ts';
import { MemoryServer } from '../../support/kube/memory-server.ts';

const ref = { namespace: 'ns', name: 'a' };
const pair = selfSignedCertificate('chaos', ['127.0.0.1']);

for (const [scheme, tls] of [['http', undefined] as const, ['https', pair] as const]) {
  describe(`the chaos proxy, over ${scheme}`, () => {
    let memory: MemoryServer;
    let front: HttpFront;
    let proxy: ChaosProxy;
    let client: KubeClient;
    const open: AsyncGenerator[] = [];

    beforeEach(async () => {
      memory = new MemoryServer([[configMaps, 'no status']]);
      front = await listen(memory);
      proxy = await ChaosProxy.start({ target: { url: front.url }, ...(tls !== undefined && { tls }) });
      const kubeConfig = new KubeConfig();
      const ca = tls === undefined ? { skipTLSVerify: true } : { skipTLSVerify: false, caData: btoa(tls.certificate) };
      kubeConfig.loadFromClusterAndUser({ name: 'chaos', server: proxy.url, ...ca }, { name: 'u' });
      client = KubeClient.connect(kubeConfig, { userAgent: 'chaotic' });
    });
    afterEach(async () => {
      for (const events of open.splice(0)) await events.return(undefined);
      await client.close();
      await proxy.close();
      await front.close();
    });

    const create = (name = 'a') => client.create(configMaps, configMap('ns', name));

    function watch() {
      const { resourceVersion } = memory;
      return client.watch(configMaps, { resourceVersion, timeoutSeconds: 60 });
    }

    async function openWatch() {
      const events = watch();
      const first = events.next();
      open.push(events);
      await until(() => proxy.watches.size === 1);
      return { first };
    }

    it('passes everything on, and remembers who asked for what', async () => {
      await create();
      assert.equal((await client.get(configMaps, ref)).data?.value, 'one');
      const seen = proxy.seen.map(({ method, path, userAgent, status }) => [method, path, userAgent, status]);
      assert.deepEqual(seen, [
        ['POST', '/api/v1/namespaces/ns/configmaps', 'chaotic', 201],
        ['GET', '/api/v1/namespaces/ns/configmaps/a', 'chaotic', 200],
      ]);
      assert.equal(proxy.writes.length, 1);
    });

    it('answers instead of the server, the second and third time only', async () => {
      const action = { do: 'answer', status: 429, retryAfterSeconds: 7 } as const;
      proxy.rule({ method: 'POST', path: /configmaps/, from: 2, times: 2, action });
      await create('a');
      for (const name of ['b', 'c']) {
        const error = await failureOf(create(name));
        assert.deepEqual([error.isTooManyRequests, error.retryAfterMs], [true, 7000]);
      }
      await create('d');
      assert.deepEqual(
        memory
          .of(configMaps)
          .all()
          .map(({ metadata }) => metadata.name),
        ['a', 'd'],
      );
    });

    it('forwards a write and throws its answer away', async () => {
      proxy.rule({ method: 'POST', action: { do: 'drop after send' } });
      const error = await failureOf(create());
      assert.deepEqual([error.isNetworkError, error.isOutcomeUnknown], [true, true]);
      assert.equal(memory.of(configMaps).all().length, 1);
    });

    it('answers a write that happened as if it had not', async () => {
      proxy.rule({ write: true, action: { do: 'answer after send', status: 504 } });
      await failureOf(client.get(configMaps, ref));
      const error = await failureOf(create());
      assert.deepEqual([error.status, error.isOutcomeUnknown], [504, true]);
      assert.equal(memory.of(configMaps).all().length, 1);
    });

    it('breaks the connection before the server has seen the request, or within its answer', async () => {
      proxy.rule({ method: 'POST', action: { do: 'reset' } });
      assert.ok((await failureOf(create())).isNetworkError);
      assert.equal(memory.of(configMaps).all().length, 0);
      await create();
      proxy.rule({ method: 'GET', action: { do: 'reset in body', afterBytes: 10 } });
      assert.ok((await failureOf(client.get(configMaps, ref))).isNetworkError);
    });

    it('delays a request, or never answers it', async () => {
      proxy.rule({ method: 'POST', action: { do: 'delay', ms: 50 } });
      const startMs = performance.now();
      await create();
      assert.ok(performance.now() - startMs >= 49);
      proxy.rule({ method: 'POST', action: { do: 'hang' } });
      const error = await failureOf(client.create(configMaps, configMap('ns', 'b'), { timeoutMs: 50 }));
      assert.ok(error.isDeadlineExceeded);
    });

    it('runs something before the write', async () => {
      let objects = -1;
      const run = () => {
        objects = memory.of(configMaps).all().length;
      };
      proxy.rule({ method: 'POST', action: { do: 'run before send', run } });
      await create();
      assert.equal(objects, 0);
    });

    it('runs something between the write and its answer', async () => {
      let objects = 0;
      const run = () => {
        objects = memory.of(configMaps).all().length;
      };
      proxy.rule({ method: 'POST', action: { do: 'run after send', run } });
      await create();
      assert.equal(objects, 1);
    });

    it('meets only the client that a rule names', async () => {
      proxy.rule({ userAgent: /^somebody else$/, times: 10, action: { do: 'reset' } });
      await create();
    });

    it('lets nothing through while partitioned', async () => {
      const { first } = await openWatch();
      const broken = failureOf(first);
      proxy.partition();
      assert.ok((await broken).isNetworkError);
      assert.ok((await failureOf(create())).isNetworkError);
      proxy.heal();
      await create();
    });

    it('freezes watches and thaws them', async () => {
      const { first } = await openWatch();
      proxy.freezeWatches(/configmaps/);
      await create();
      let arrived = false;
      void first.then(() => {
        arrived = true;
      });
      await client.get(configMaps, ref);
      assert.equal(arrived, false);
      proxy.thaw();
      assert.equal(eventName(await first), 'ADDED a');
    });

    it('swallows events for ever', async () => {
      proxy.swallowEvents((event) => JSON.stringify(event).includes('"secret"'));
      const { first } = await openWatch();
      await create('secret');
      await create('open');
      assert.equal(eventName(await first), 'ADDED open');
    });

    const endings: [string, (proxy: ChaosProxy) => void, (error: Awaited<ReturnType<typeof failureOf>>) => boolean][] =
      [
        ['resets them', (chaos) => chaos.resetWatches(), (error) => error.isNetworkError],
        ['cuts them within a line', (chaos) => chaos.truncateWatches(), (error) => error.isNetworkError],
        ['sends garbage', (chaos) => chaos.sendToWatches('garbage'), ({ reason }) => reason === 'InvalidAnswer'],
        ['says that a version has expired', (chaos) => chaos.errorEvent(410, 'Expired'), (error) => error.isGone],
      ];
    for (const [what, interrupt, expected] of endings) {
      it(`breaks watches: ${what}`, async () => {
        const { first } = await openWatch();
        const error = failureOf(first);
        interrupt(proxy);
        assert.ok(expected(await error), String(await error));
      });
    }

    it('ends watches as the server would', async () => {
      const { first } = await openWatch();
      proxy.closeWatches();
      assert.equal((await first).done, true);
    });

    it('serves an old list', async () => {
      await create('a');
      const before = await client.list(configMaps);
      await create('b');
      proxy.replayOldLists();
      assert.deepEqual(await client.list(configMaps), before);
      proxy.heal();
      assert.equal((await client.list(configMaps)).items.length, 2);
    });
  });
}

function eventName({ value: event }: IteratorResult<WatchEvent<ConfigMap>, void>): string {
  if (!event || event.type === 'BOOKMARK') return '';
  return `${event.type} ${event.object.metadata.name}`;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
