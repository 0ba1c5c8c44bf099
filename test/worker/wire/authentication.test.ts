import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { parse as basicAuth } from 'basic-auth';
import { Provider } from 'oidc-provider';
import { systemClock } from '../../../api/clock.ts';
import { ScriptedServer } from '../../support/scripted-server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { outcomeOf, RecipientUnderTest } from '../recipient-under-test.ts';
import { FixedSecrets } from './fixed-secrets.ts';

describe('basic authentication', () => {
  const fields = { authentication: { basic: { secretRef: { name: 'login' } } } };
  const login = (username: string, password: string) => ({ 'login/username': username, 'login/password': password });

  it('is read by basic-auth as what the Secret holds, and as the new login once that has changed', async () => {
    await using server = await ScriptedServer.start();
    const secrets = new FixedSecrets(login('me', 'grün:12 3'));
    await using under = new RecipientUnderTest(server.origin, fields, systemClock, secrets);
    await under.post();
    secrets.rotate(login('you', ''));
    await under.post();
    const seen = server.requests.map(({ headers }) => basicAuth(headers.authorization ?? ''));
    assert.deepEqual(
      seen.map((user) => [user?.name, user?.pass]),
      [
        ['me', 'grün:12 3'],
        ['you', ''],
      ],
    );
  });

  it('does not begin with a user name that it cannot carry', () => {
    const secrets = new FixedSecrets(login('a:b', 'c'));
    assert.throws(() => new RecipientUnderTest('http://127.0.0.1:9/', fields, systemClock, secrets), /holds a colon/);
  });
});

it('a bearer token is sent as it is in the Secret', async () => {
  await using server = await ScriptedServer.start();
  const fields = { authentication: { bearer: { secretKeyRef: { name: 'api', key: 'token' } } } };
  const secrets = new FixedSecrets({ 'api/token': 'abc' });
  await using under = new RecipientUnderTest(server.origin, fields, systemClock, secrets);
  await under.post();
  assert.equal(server.requests[0]?.headers.authorization, 'Bearer abc');
  // A file that is just being written is empty: the token before stays in use.
  assert.throws(() => secrets.rotate({ 'api/token': '' }), /the key token of the Secret api is empty/);
  await under.post();
  assert.equal(server.requests[1]?.headers.authorization, 'Bearer abc');
});

/** What the provider puts into the tokens of an API: its audience, as a client asks for it in the way of Auth0. */
const resourceIndicators = {
  enabled: true,
  defaultResource: (context: { oidc: { body?: { audience?: string } } }) => context.oidc.body?.audience,
  getResourceServerInfo: (_: unknown, audience: string) => ({ audience, scope: 'orders:write audit' }),
};

/** A real authorization server with one client, whose secret needs every kind of encoding and is shown in one way alone. */
async function startProvider(
  lifetimeSeconds: number,
  way: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
) {
  const clientSecret = 's3cret: "a/b" 100% +&=';
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/token') authorizations.push(request.headers.authorization);
    void callback(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: 'courier', client_secret: clientSecret, redirect_uris: [], response_types: [] },
        ...{ grant_types: ['client_credentials'], token_endpoint_auth_method: way },
      },
    ],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false }, resourceIndicators },
    scopes: ['orders:write', 'audit'],
    ttl: { ClientCredentials: lifetimeSeconds },
  });
  const callback = provider.callback();
  return {
    clientSecret,
    tokenUrl: `${issuer}/token`,
    /** The Authorization headers of what asked for a token. */
    authorizations,
    /** A token that the provider has given out; undefined: it has not. */
    tokenOf: (authorization = '') => provider.ClientCredentials.find(authorization.replace('Bearer ', '')),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('OAuth2 with a real authorization server', () => {
  const fieldsOf = (tokenUrl: string, further: object = {}) => ({
    authentication: {
      oauth2: { tokenUrl, clientSecretRef: { name: 'client' }, scopes: ['orders:write', 'audit'], ...further },
    },
  });
  const clientOf = (secret: string) =>
    new FixedSecrets({ 'client/client_id': 'courier', 'client/client_secret': secret });

  it('takes one token for many requests, with the scopes that are asked for', async () => {
    await using server = await ScriptedServer.start();
    await using provider = await startProvider(600);
    const secrets = clientOf(provider.clientSecret);
    await using under = new RecipientUnderTest(server.origin, fieldsOf(provider.tokenUrl), systemClock, secrets);
    const attempts = await Promise.all(Array.from({ length: 20 }, () => under.post()));
    assert.ok(attempts.every((attempt) => outcomeOf(attempt) === 200));
    assert.equal(provider.authorizations.length, 1);
    const [first] = server.requests;
    const token = await provider.tokenOf(first?.headers.authorization);
    assert.deepEqual([token?.scope, token?.aud], ['orders:write audit', undefined]);
  });

  it('is ready to send once the token has come, and to fail at once when none could be had', async () => {
    await using server = await ScriptedServer.start();
    await using provider = await startProvider(600);
    for (const [secret, outcome] of [
      [provider.clientSecret, 200],
      ['hunter2', 'Authentication'],
    ] as const) {
      await using under = new RecipientUnderTest(
        server.origin,
        fieldsOf(provider.tokenUrl),
        systemClock,
        clientOf(secret),
      );
      let calls = 0;
      await new Promise<void>((resolve) => {
        const ready = () => {
          calls++;
          resolve();
        };
        assert.equal(under.recipient.isReady(ready), false);
        assert.equal(under.recipient.isReady(ready), false);
      });
      assert.equal(calls, 1);
      assert.equal(
        under.recipient.isReady(() => assert.fail('it is ready')),
        true,
      );
      assert.equal(outcomeOf(await under.post()), outcome);
    }
  });

  it('does not blame messages for a token that the recipient takes no more', async () => {
    await using server = await ScriptedServer.start();
    await using provider = await startProvider(600);
    const clock = new VirtualClock();
    const secrets = clientOf(provider.clientSecret);
    await using under = new RecipientUnderTest(server.origin, fieldsOf(provider.tokenUrl), clock, secrets);
    assert.equal(outcomeOf(await under.post()), 200);
    const revoked = server.requests[0]?.headers.authorization;
    server.respond = ({ headers, response }) => response.writeHead(headers.authorization === revoked ? 401 : 200).end();
    await clock.advance(30_000);
    const attempts = await Promise.all([under.post(), under.post()]);
    assert.deepEqual(attempts.map(outcomeOf), ['Authentication', 'Authentication']);
    assert.equal(outcomeOf(await under.post()), 200);
    server.respond = ({ response }) => response.writeHead(401).end();
    assert.equal(outcomeOf(await under.post()), 401);
  });

  it('asks for a token for an audience', async () => {
    await using server = await ScriptedServer.start();
    await using provider = await startProvider(600);
    const fields = fieldsOf(provider.tokenUrl, { audience: 'https://orders.example.com/api?v=1&x' });
    await using under = new RecipientUnderTest(server.origin, fields, systemClock, clientOf(provider.clientSecret));
    assert.equal(outcomeOf(await under.post()), 200);
    const token = await provider.tokenOf(server.requests[0]?.headers.authorization);
    assert.equal(token?.aud, 'https://orders.example.com/api?v=1&x');
  });

  it('shows the secret in the form alone to an endpoint that takes nothing else', async () => {
    await using server = await ScriptedServer.start();
    await using provider = await startProvider(600, 'client_secret_post');
    const fields = fieldsOf(provider.tokenUrl, { clientAuthentication: 'Post' });
    await using under = new RecipientUnderTest(server.origin, fields, systemClock, clientOf(provider.clientSecret));
    assert.equal(outcomeOf(await under.post()), 200);
    assert.ok(await provider.tokenOf(server.requests[0]?.headers.authorization));
    assert.deepEqual(provider.authorizations, [undefined]);
  });

  it('says what the endpoint said when it refuses the client, never the secret, and goes on once the Secret is right', async () => {
    await using server = await ScriptedServer.start();
    await using provider = await startProvider(600);
    const secrets = clientOf('hunter2');
    await using under = new RecipientUnderTest(server.origin, fieldsOf(provider.tokenUrl), systemClock, secrets);
    const attempt = await under.post();
    assert.ok(attempt.error === 'Authentication');
    assert.match(attempt.detail, /^the token endpoint http:.*\/token answered 401 invalid_client: /);
    assert.equal(server.requests.length, 0);
    secrets.rotate({ 'client/client_id': 'courier', 'client/client_secret': provider.clientSecret });
    assert.equal(outcomeOf(await under.post()), 200);
    const said = JSON.stringify([attempt, under.logLines]);
    assert.ok(!said.includes('hunter2') && !said.includes(Buffer.from('courier:hunter2').toString('base64')), said);
  });

  it('leaves the secret out of what the endpoint says, where that says what it was sent', async () => {
    await using server = await ScriptedServer.start();
    await using odd = await ScriptedServer.start();
    odd.respond = ({ headers, response }) => {
      const answer = { error: headers.authorization, error_description: 'not hunter2' };
      response.writeHead(400).end(JSON.stringify(answer));
    };
    const secrets = clientOf('hunter2');
    await using under = new RecipientUnderTest(server.origin, fieldsOf(`${odd.origin}/token`), systemClock, secrets);
    const attempt = await under.post();
    assert.ok(attempt.error === 'Authentication');
    assert.match(attempt.detail, /answered 400 Basic \[redacted\]: not \[redacted\]$/);
    const said = JSON.stringify([attempt, under.logLines]);
    assert.ok(!said.includes('hunter2') && !said.includes(Buffer.from('courier:hunter2').toString('base64')), said);
  });

  it('says so when the endpoint cannot be reached, or gives no token', async () => {
    await using server = await ScriptedServer.start();
    await using closed = await ScriptedServer.start();
    await using odd = await ScriptedServer.start();
    odd.respond = ({ response }) => response.end('<html>');
    const details: [tokenUrl: string, says: RegExp][] = [
      ['http://127.0.0.1:1/token', /cannot be asked: .*ECONNREFUSED/],
      [`${odd.origin}/token`, /answered 200 without an access_token/],
    ];
    for (const [tokenUrl, says] of details) {
      await using under = new RecipientUnderTest(server.origin, fieldsOf(tokenUrl), systemClock, clientOf('x'));
      const attempt = await under.post();
      assert.ok(attempt.error === 'Authentication');
      assert.match(attempt.detail, says);
    }
    assert.equal(closed.requests.length, 0);
  });
});
