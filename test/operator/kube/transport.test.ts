import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../../../operator/kube/client.ts';
import { type Clock, systemClock } from '../../../operator/kube/clock.ts';
import { PooledTransport } from '../../../operator/kube/transport.ts';
import { type KeyPair, selfSignedCertificate } from '../../cluster/certificate.ts';
import { failureOf } from '../../support/kube/errors.ts';
import { listen } from '../../support/kube/http-front.ts';
import { configMaps } from '../../support/kube/kinds.ts';
import { MemoryServer } from '../../support/kube/memory-server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const object = JSON.stringify({ metadata: { name: 'a', namespace: 'ns' } });
const ref = { namespace: 'ns', name: 'a' };

/** OpenSSL tells authorities apart by their names. */
function authority(): KeyPair {
  return selfSignedCertificate(`server ${randomUUID()}`, ['127.0.0.1']);
}

const clients: KubeClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

function client(kubeConfig: KubeConfig, clock: Clock = systemClock): KubeClient {
  const connected = KubeClient.connect(kubeConfig, { userAgent: 'courier/test', clock });
  clients.push(connected);
  return connected;
}

describe('the transport, over TLS', () => {
  let directory: string;
  let server: Server;
  let pair: KeyPair;
  let connections = 0;
  let accepted = 'token-1';
  const requests: { readonly authorization: string | undefined; readonly agent: string | undefined }[] = [];
  const path = (name: string) => join(directory, name);
  /** As a kubelet does it: the file is another one from one moment to the next. */
  const replaceFile = async (name: string, content: string) => {
    await writeFile(path(`${name}.new`), content);
    await rename(path(`${name}.new`), path(name));
  };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kube-transport-'));
    pair = authority();
    server = createServer({ cert: pair.certificate, key: pair.privateKey }, (request, response) => {
      const { authorization, 'user-agent': agent } = request.headers;
      requests.push({ authorization, agent });
      response.statusCode = authorization === `Bearer ${accepted}` ? 200 : 401;
      response.end(response.statusCode === 200 ? object : '{"kind":"Status","code":401,"reason":"Unauthorized"}');
    });
    server.on('secureConnection', () => connections++);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  });

  async function connect() {
    await replaceFile('ca.crt', pair.certificate);
    await replaceFile('token', accepted);
    const { port } = server.address() as AddressInfo;
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'test', server: `https://127.0.0.1:${port}`, caFile: path('ca.crt'), skipTLSVerify: false },
      { name: 'test', authProvider: { name: 'tokenFile', config: { tokenFile: path('token') } } },
    );
    const clock = new VirtualClock();
    requests.length = 0;
    connections = 0;
    return { clock, client: client(kubeConfig, clock) };
  }

  it('keeps its connection from one request to the next, and says who asks', async () => {
    const { client, clock } = await connect();
    for (let i = 0; i < 20; i++) await client.get(configMaps, ref);
    // The pool opens a second one where a request follows in the very turn in which the last one ended.
    assert.ok(connections <= 2, `${connections} connections`);
    assert.deepEqual(requests[0], { authorization: 'Bearer token-1', agent: 'courier/test' });
    const before = connections;
    await clock.advance(120_000);
    await client.get(configMaps, ref);
    assert.equal(connections, before);
  });

  it('reads the token again when it is refused, and tries once more', async () => {
    const { client } = await connect();
    await client.get(configMaps, ref);
    accepted = 'token-2';
    await replaceFile('token', 'token-2');
    assert.equal((await client.get(configMaps, ref)).metadata.name, 'a');
    assert.deepEqual(
      requests.map(({ authorization }) => authorization),
      ['Bearer token-1', 'Bearer token-1', 'Bearer token-2'],
    );
  });

  it('says so when the token stays refused, after two tries', async () => {
    const { client } = await connect();
    accepted = 'token-3';
    assert.ok((await failureOf(client.get(configMaps, ref))).isUnauthorized);
    assert.equal(requests.length, 2);
  });

  it('goes on with the last token and certificate while the files are missing', async () => {
    const { client, clock } = await connect();
    await client.get(configMaps, ref);
    await rm(path('token'));
    await rm(path('ca.crt'));
    await clock.advance(120_000);
    assert.equal((await client.get(configMaps, ref)).metadata.name, 'a');
  });

  it('says what is missing when it never had it, and recovers', async () => {
    const { client } = await connect();
    await rm(path('ca.crt'));
    const error = await failureOf(client.get(configMaps, ref));
    assert.ok(error.isNetworkError);
    assert.match(error.message, /ENOENT.*ca\.crt/);
    await replaceFile('ca.crt', pair.certificate);
    assert.equal((await client.get(configMaps, ref)).metadata.name, 'a');
  });

  it('takes a new authority from its file, and reads it at once when the server has changed before', async () => {
    const { client, clock } = await connect();
    await client.get(configMaps, ref);
    const next = authority();
    await replaceFile('ca.crt', `${pair.certificate}\n${next.certificate}`);
    await clock.advance(30_000);
    const before = connections;
    await client.get(configMaps, ref);
    assert.equal(connections, before + 1);
    server.setSecureContext({ cert: next.certificate, key: next.privateKey });
    server.closeAllConnections();
    await client.get(configMaps, ref);
    const third = authority();
    server.setSecureContext({ cert: third.certificate, key: third.privateKey });
    server.closeAllConnections();
    assert.ok((await failureOf(client.get(configMaps, ref))).isNetworkError);
    await replaceFile('ca.crt', third.certificate);
    assert.equal((await client.get(configMaps, ref)).metadata.name, 'a');
    pair = third;
  });

  it('ends every connection when it is closed', async () => {
    const { client } = await connect();
    await client.get(configMaps, ref);
    await client.close();
    assert.ok((await failureOf(client.get(configMaps, ref))).isNetworkError);
  });
});

describe('the transport', () => {
  it('sends to a path below the server, as behind a gateway for several clusters', async () => {
    const memory = new MemoryServer([[configMaps, 'no status']]);
    const front = await listen(memory);
    const kubeConfig = new KubeConfig();
    const cluster = { name: 'm', server: `${front.url}/k8s/clusters/c-1/`, skipTLSVerify: true };
    kubeConfig.loadFromClusterAndUser(cluster, { name: 'u', username: 'me', password: 'secret' });
    await failureOf(client(kubeConfig).get(configMaps, ref));
    const [request] = memory.requests;
    assert.equal(request?.path, '/k8s/clusters/c-1/api/v1/namespaces/ns/configmaps/a');
    assert.equal(request?.headers.authorization, `Basic ${btoa('me:secret')}`);
    await front.close();
  });

  it('holds one connection for each watch and at most two for requests that follow each other', async () => {
    const memory = new MemoryServer([[configMaps, 'no status']]);
    const front = await listen(memory);
    const sockets = new Set<unknown>();
    front.server.on('connection', (socket) => sockets.add(socket));
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser({ name: 'm', server: front.url, skipTLSVerify: true }, { name: 'u' });
    const connected = client(kubeConfig);
    const end = new AbortController();
    const follow = { resourceVersion: memory.resourceVersion, timeoutSeconds: 300 };
    const watches = [1, 2, 3].map(() => failureOf(connected.watch(configMaps, follow, end.signal).next()));
    for (let i = 0; i < 50; i++) await connected.list(configMaps);
    assert.ok(sockets.size <= 3 + 2, `${sockets.size} connections`);
    end.abort();
    for (const error of await Promise.all(watches)) assert.ok(error.isAborted);
    await front.close();
  });

  it('names the context for which a kubeconfig has no cluster', () => {
    const options = { userAgent: 'test', clock: new VirtualClock() };
    const kubeConfig = new KubeConfig();
    kubeConfig.setCurrentContext('nowhere');
    assert.throws(() => new PooledTransport(kubeConfig, options), /no cluster for its context "nowhere"/);
  });
});
