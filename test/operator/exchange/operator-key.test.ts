import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorKeySecret, readOperatorKey, secrets } from '../../../operator/exchange/operator-key.ts';
import { exchangeToken, tokenSha256 } from '../../../operator/exchange/token.ts';
import { KubeClient } from '../../../operator/kube/client.ts';
import { failureOf } from '../../support/kube/errors.ts';
import { MemoryServer } from '../../support/kube/memory-server.ts';
import { MemoryTransport } from '../../support/kube/memory-transport.ts';

const namespace = 'courier-system';

function cluster() {
  const server = new MemoryServer([[secrets, 'no status']]);
  return { server, client: new KubeClient({ transport: new MemoryTransport(server) }) };
}

describe('the operator’s key', () => {
  it('is made at the first start, of 32 random bytes, and read from then on', async () => {
    const { server, client } = cluster();
    const key = await readOperatorKey(client, namespace);
    assert.equal(key.length, 32);
    assert.deepEqual(await readOperatorKey(client, namespace), key);
    assert.equal(server.count('POST', /secrets/), 1);
    assert.notDeepEqual(await readOperatorKey(cluster().client, namespace), key);
  });

  it('is one key, however many replicas start at the same time', async () => {
    const { client } = cluster();
    const keys = await Promise.all(Array.from({ length: 8 }, () => readOperatorKey(client, namespace)));
    for (const key of keys) assert.deepEqual(key, keys[0]);
  });

  it('is that of the replica that was faster, when the Secret appears between the look and the creation', async () => {
    const { server, client } = cluster();
    const theirs = Buffer.alloc(32, 7);
    const data = { [operatorKeySecret.key]: theirs.toString('base64') };
    const create: KubeClient['create'] = async (...args) => {
      const secret = { metadata: { namespace, name: operatorKeySecret.name }, data };
      server.of(secrets).create(secret, 'another replica');
      return await client.create(...args);
    };
    const [get, find] = [client.get.bind(client), client.find.bind(client)];
    const key = await readOperatorKey({ get, find, create }, namespace);
    assert.deepEqual(Buffer.from(key), theirs);
  });

  for (const [what, data] of [
    ['no key', {}],
    ['a short key', { [operatorKeySecret.key]: Buffer.alloc(31).toString('base64') }],
    ['a key that is not base64', { [operatorKeySecret.key]: '%%%' }],
  ] as const) {
    it(`is not taken from a Secret with ${what}: the error names it and the remedy`, async () => {
      const { server, client } = cluster();
      server.of(secrets).create({ metadata: { namespace, name: operatorKeySecret.name }, data } as never, 'a person');
      await assert.rejects(
        readOperatorKey(client, namespace),
        /Secret courier-system\/courier-operator has no exchange-key of 32 bytes: delete it/,
      );
    });
  }

  it('is not made where the Secret may not be read', async () => {
    const { server, client } = cluster();
    server.fault({ method: 'GET', action: { status: 403, body: '{}' } });
    assert.equal((await failureOf(readOperatorKey(client, namespace))).status, 403);
    assert.equal(server.count('POST', /secrets/), 0);
  });
});

describe('the token of a Courier', () => {
  const key = Buffer.alloc(32, 1);

  it('depends on the key and the uid alone', () => {
    assert.equal(exchangeToken(key, 'a'), exchangeToken(Buffer.alloc(32, 1), 'a'));
    assert.notEqual(exchangeToken(key, 'a'), exchangeToken(key, 'b'));
    assert.notEqual(exchangeToken(key, 'a'), exchangeToken(Buffer.alloc(32, 2), 'a'));
  });

  it('can stand in a header, and its hash is what a worker reads', () => {
    const token = exchangeToken(key, 'a');
    assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    assert.match(tokenSha256(token), /^[0-9a-f]{64}$/);
  });
});
