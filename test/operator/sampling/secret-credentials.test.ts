import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secrets } from '../../../operator/exchange/operator-key.ts';
import { KubeClient } from '../../../operator/kube/client.ts';
import { CredentialsSecretError, readSecretCredentials } from '../../../operator/sampling/secret-credentials.ts';
import { MemoryServer } from '../../support/kube/memory-server.ts';
import { MemoryTransport } from '../../support/kube/memory-transport.ts';

const signal = new AbortController().signal;

function withSecret(values?: Readonly<Record<string, string>>) {
  const server = new MemoryServer([[secrets, 'no status']]);
  const data = Object.entries(values ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const secret = { metadata: { namespace: 'shop', name: 'aws' }, data: Object.fromEntries(data) };
  if (values !== undefined) server.of(secrets).create(secret, 'a person');
  const client = new KubeClient({ transport: new MemoryTransport(server) });
  return { server, read: () => readSecretCredentials(client, 'shop', 'aws', signal) };
}

describe('credentials in a Secret', () => {
  const long = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'hunter2' };

  it('are read, with a session token where there is one, and without what an editor appends', async () => {
    assert.deepEqual(await withSecret(long).read(), { accessKeyId: 'AKIA', secretAccessKey: 'hunter2' });
    const temporary = { AWS_ACCESS_KEY_ID: 'ASIA\n', AWS_SECRET_ACCESS_KEY: ' hunter2\n', AWS_SESSION_TOKEN: 't\n' };
    const expected = { accessKeyId: 'ASIA', secretAccessKey: 'hunter2', sessionToken: 't' };
    assert.deepEqual(await withSecret(temporary).read(), expected);
    const { AWS_SESSION_TOKEN: _, ...rest } = temporary;
    assert.equal((await withSecret({ ...rest, AWS_SESSION_TOKEN: '' }).read()).sessionToken, undefined);
  });

  const named = 'The Secret shop/aws that spec.aws.credentialsSecretRef names';
  const cases: readonly [string, Record<string, string> | undefined, string][] = [
    ['does not exist', undefined, `${named} does not exist. Create it, or name another.`],
    ['is empty', {}, `${named} has no AWS_ACCESS_KEY_ID. Add it to the Secret.`],
    ['has no key id', { AWS_SECRET_ACCESS_KEY: 'x' }, `${named} has no AWS_ACCESS_KEY_ID. Add it to the Secret.`],
    ['has no key', { AWS_ACCESS_KEY_ID: 'x' }, `${named} has no AWS_SECRET_ACCESS_KEY. Add it to the Secret.`],
    [
      'has a blank key',
      { ...long, AWS_SECRET_ACCESS_KEY: ' ' },
      `${named} has no AWS_SECRET_ACCESS_KEY. Add it to the Secret.`,
    ],
  ];
  for (const [what, values, sentence] of cases) {
    it(`are a mistake to be mended when it ${what}`, async () => {
      await assert.rejects(withSecret(values).read(), (error) => {
        assert.ok(error instanceof CredentialsSecretError);
        assert.equal(error.message, sentence);
        assert.equal(error.passing, false);
        return true;
      });
    });
  }

  it('are a mistake to be mended when the operator may not read it', async () => {
    const { server, read } = withSecret(long);
    server.fault({ method: 'GET', action: { status: 403, body: '{}' } });
    const said = new RegExp(`^${named} may not be read by the operator\\. Let its ServiceAccount get Secrets`);
    await assert.rejects(read(), { message: said, passing: false });
  });

  it('may be there the next time when the API server does not answer', async () => {
    const { server, read } = withSecret(long);
    server.fault({ method: 'GET', action: { status: 503, body: '{}' } });
    await assert.rejects(read(), { message: new RegExp(`^${named} could not be read: .*503`), passing: true });
    assert.equal((await read()).accessKeyId, 'AKIA');
  });

  it('are in no message', async () => {
    const error = await withSecret({ AWS_SECRET_ACCESS_KEY: 'hunter2' }).read().catch(String);
    assert.doesNotMatch(String(error), /hunter2/);
  });
});
