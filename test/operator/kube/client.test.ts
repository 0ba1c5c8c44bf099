import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import { type Json, keyOfRef, refOfKey } from '../../../operator/kube/objects.ts';
import { prometheusMetrics } from '../../../operator/kube/prometheus.ts';
import { clusterWide, collectionPath, namespaced, objectPath, resourceName } from '../../../operator/kube/resources.ts';
import { failureOf } from '../../support/kube/errors.ts';
import { configMap, configMaps } from '../../support/kube/kinds.ts';
import type { FaultAction } from '../../support/kube/memory-server.ts';
import { VirtualCluster } from '../../support/kube/virtual-cluster.ts';
import { settle } from '../../support/virtual-clock.ts';

const ref = { namespace: 'ns', name: 'a' };

describe('a client', () => {
  const failures: [string, FaultAction, Partial<KubeError>][] = [
    [
      'a Status',
      { status: 404, body: '{"kind":"Status","code":404,"reason":"NotFound","message":"gone"}' },
      { status: 404, reason: 'NotFound', isNotFound: true, isRetryable: false },
    ],
    [
      "a proxy's page",
      { status: 502, body: '<html>\n  Bad\n  Gateway</html>' },
      {
        status: 502,
        reason: 'Unknown',
        isRetryable: true,
        message: 'get configmaps ns/a failed: 502 Unknown: <html> Bad Gateway</html>',
      },
    ],
    ['an empty body', { status: 503, body: '' }, { status: 503, reason: 'ServiceUnavailable', isRetryable: true }],
    [
      'Retry-After in a header',
      { status: 429, headers: { 'retry-after': '3' }, body: '' },
      { isTooManyRequests: true, retryAfterMs: 3000, isRetryable: true },
    ],
    [
      'Retry-After in the details',
      { status: 504, body: '{"kind":"Status","code":504,"reason":"Timeout","details":{"retryAfterSeconds":1}}' },
      { retryAfterMs: 1000 },
    ],
    ['a broken connection', 'reset', { status: 0, isNetworkError: true, isRetryable: true, isOutcomeUnknown: true }],
    ['half an answer', { status: 200, body: '{"metadata":' }, { reason: 'InvalidAnswer', isRetryable: false }],
    ['an answer without a name', { status: 200, body: '{}' }, { reason: 'InvalidAnswer' }],
  ];
  for (const [what, action, expected] of failures) {
    it(`makes a KubeError of ${what}`, async () => {
      const { server, client } = new VirtualCluster();
      server.fault({ action });
      const error = await failureOf(client.get(configMaps, ref));
      for (const [field, value] of Object.entries(expected)) {
        assert.deepEqual(error[field as keyof KubeError], value, field);
      }
    });
  }

  it('fails a watch that ends within a line, after the events that were whole', async () => {
    const { server, client } = new VirtualCluster();
    const watch = client.watch(configMaps, { resourceVersion: server.resourceVersion, timeoutSeconds: 60 });
    const first = watch.next();
    await settle();
    const [open] = server.watches;
    server.of(configMaps).create(configMap('ns', 'a'), 'test');
    open?.raw('{"type":');
    open?.end();
    assert.equal((await first).done, false);
    assert.equal((await failureOf(watch.next())).reason, 'InvalidAnswer');
  });

  it('gives up after 15 seconds, and a list after 60', async () => {
    const { server, client, clock } = new VirtualCluster();
    server.fault({ action: 'hang', times: 2 });
    const get = failureOf(client.get(configMaps, ref));
    const list = failureOf(client.list(configMaps));
    let listed = false;
    void list.then(() => {
      listed = true;
    });
    await clock.advance(15_000);
    const error = await get;
    assert.deepEqual([error.isDeadlineExceeded, error.isRetryable, error.isOutcomeUnknown], [true, true, true]);
    await clock.advance(44_999);
    assert.equal(listed, false);
    await clock.advance(1);
    assert.ok((await list).isDeadlineExceeded);
    assert.equal(clock.pending, 0);
  });

  it('ends a call when its caller says so, even before it has begun', async () => {
    const { server, client, clock } = new VirtualCluster();
    server.fault({ action: 'hang' });
    const controller = new AbortController();
    const call = failureOf(client.get(configMaps, ref, controller.signal));
    await clock.advance(10);
    controller.abort(new Error('enough'));
    const error = await call;
    assert.deepEqual([error.isAborted, error.isRetryable], [true, false]);
    assert.ok((await failureOf(client.get(configMaps, ref, controller.signal))).isAborted);
    assert.equal(server.requests.length, 1);
  });

  it('asks its guard before every write, and at the moment at which it leaves', async () => {
    const { server, client } = new VirtualCluster();
    const asked: string[] = [];
    let allowed = 0;
    const guarded = client.guarded(({ verb, resource, name }) => {
      asked.push(`${verb} ${resource} ${name}`);
      if (allowed-- > 0) return undefined;
      throw new KubeError({ operation: verb, reason: 'WriteRefused', detail: 'no' });
    });
    await guarded.list(configMaps);
    assert.deepEqual(asked, []);
    // Allowed at the beginning, refused when it would leave.
    allowed = 1;
    const error = await failureOf(guarded.apply(configMaps, configMap('ns', 'a'), { fieldManager: 'm' }));
    assert.deepEqual([error.isWriteRefused, error.isOutcomeUnknown], [true, false]);
    assert.deepEqual(asked, ['patch configmaps a', 'patch configmaps a']);
    assert.equal(server.count('PATCH', /./), 0);
  });

  it('records what it does in the terms of an RBAC rule', async () => {
    const cluster = new VirtualCluster();
    const { client, accesses } = cluster;
    await client.create(configMaps, configMap('ns', 'a'));
    await client.apply(configMaps, configMap('ns', 'a'), { fieldManager: 'm' });
    await failureOf(client.applyStatus(configMaps, configMap('ns', 'b'), { fieldManager: 'm' }));
    await client.list(configMaps, { namespace: 'ns' });
    await client.delete(configMaps, ref);
    await client.serves(configMaps);
    const group = '';
    assert.deepEqual(accesses, [
      { verb: 'create', group, resource: 'configmaps', namespace: 'ns' },
      { verb: 'patch', group, resource: 'configmaps', ...ref },
      { verb: 'patch', group, resource: 'configmaps/status', namespace: 'ns', name: 'b' },
      { verb: 'list', group, resource: 'configmaps', namespace: 'ns' },
      { verb: 'delete', group, resource: 'configmaps', ...ref },
      { verb: 'get', group, resource: '', nonResourceUrl: '/api/v1' },
    ]);
  });

  it('counts its requests as client-go does', async () => {
    const registry = new Registry();
    const { transport, server, clock } = new VirtualCluster();
    const client = new KubeClient({ transport, clock, metrics: prometheusMetrics(registry).client });
    await client.list(configMaps);
    server.fault({ action: 'reset' });
    await failureOf(client.list(configMaps));
    await failureOf(client.get(configMaps, ref));
    const text = await registry.metrics();
    for (const code of ['200', '404', '<error>']) {
      assert.match(text, new RegExp(`rest_client_requests_total{code="${code}",method="GET",host="memory"} 1`));
    }
    assert.match(text, /rest_client_request_duration_seconds_count{verb="GET",host="memory"} 3/);
  });

  it('keeps fields that no version of it knows', async () => {
    const { client } = new VirtualCluster();
    const future = { ...configMap('ns', 'a'), fromTheFuture: { yes: true } };
    await client.create(configMaps, future);
    const read = await client.get(configMaps, ref);
    const replaced = await client.replace(configMaps, read);
    assert.deepEqual((replaced as typeof future).fromTheFuture, { yes: true });
  });
});

describe('a resource', () => {
  const deployments = namespaced('apps/v1', 'Deployment', 'deployments');
  const nodes = clusterWide('v1', 'Node', 'nodes');
  const paths: [string, string][] = [
    [collectionPath(deployments), '/apis/apps/v1/deployments'],
    [collectionPath(deployments, 'ns'), '/apis/apps/v1/namespaces/ns/deployments'],
    [objectPath(deployments, ref, 'status'), '/apis/apps/v1/namespaces/ns/deployments/a/status'],
    [objectPath(nodes, { name: 'system:node/1' }), '/api/v1/nodes/system%3Anode%2F1'],
  ];
  for (const [path, expected] of paths) it(`has the path ${expected}`, () => assert.equal(path, expected));

  it('refuses a reference that it cannot have', () => {
    assert.throws(
      () => objectPath(deployments, { name: 'a' }),
      /deployments.apps are namespaced: name the namespace of "a"/,
    );
    assert.throws(() => objectPath(nodes, ref), /nodes are cluster-wide: leave out the namespace "ns"/);
  });

  it('has the name that kubectl uses', () => {
    assert.deepEqual([resourceName(deployments), resourceName(nodes)], ['deployments.apps', 'nodes']);
  });

  it('has keys that lead back to references', () => {
    for (const each of [ref, { name: 'a' }]) assert.deepEqual(refOfKey(keyOfRef(each)), each);
  });

  it('has the types of the JSON, not of the generated models', () => {
    const json: Json<{ _from?: Date; list: { _continue: number }[] }> = { from: '2026', list: [{ continue: 1 }] };
    assert.ok(json);
  });
});
