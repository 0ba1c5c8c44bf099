import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../../../api/clock.ts';
import { type Certificate, selfSignedCertificate } from '../../support/certificate.ts';
import { outcomeOf, RecipientUnderTest } from '../recipient-under-test.ts';
import { FixedSecrets } from './fixed-secrets.ts';

/** A server of HTTPS that remembers who its clients have said they are. */
async function startTlsServer(options: ServerOptions) {
  const clients: (string | undefined)[] = [];
  const server = createServer(options, (request, response) => {
    clients.push((request.socket as TLSSocket).getPeerCertificate().fingerprint256);
    request.resume().on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    clients,
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const caOnly = { tls: { caSecretRef: { name: 'ca', key: 'ca.crt' } } };
const both = { tls: { ...caOnly.tls, clientCertificateSecretRef: { name: 'client' } } };
const secretsOf = (ca: Certificate, client?: Certificate) => ({
  'ca/ca.crt': ca.cert,
  ...(client === undefined ? {} : { 'client/tls.crt': client.cert, 'client/tls.key': client.key }),
});

describe('TLS to the recipient', () => {
  const server = selfSignedCertificate();

  it('trusts the authority that is named, and without it nobody that is not known', async () => {
    await using https = await startTlsServer(server);
    await using trusting = new RecipientUnderTest(
      https.origin,
      caOnly,
      systemClock,
      new FixedSecrets(secretsOf(server)),
    );
    assert.equal(outcomeOf(await trusting.post()), 200);
    await using other = new RecipientUnderTest(https.origin);
    assert.equal(outcomeOf(await other.post()), 'Tls');
    const foreign = new FixedSecrets(secretsOf(selfSignedCertificate()));
    await using wrong = new RecipientUnderTest(https.origin, caOnly, systemClock, foreign);
    assert.equal(outcomeOf(await wrong.post()), 'Tls');
  });

  it('asks for the name that is written', async () => {
    const named = selfSignedCertificate('orders.internal');
    await using https = await startTlsServer(named);
    const fields = (serverName?: string) => ({ tls: { ...caOnly.tls, ...(serverName && { serverName }) } });
    const open = (serverName?: string) =>
      new RecipientUnderTest(https.origin, fields(serverName), systemClock, new FixedSecrets(secretsOf(named)));
    await using right = open('orders.internal');
    assert.equal(outcomeOf(await right.post()), 200);
    await using wrong = open('others.internal');
    assert.equal(outcomeOf(await wrong.post()), 'Tls');
    await using none = open();
    assert.equal(outcomeOf(await none.post()), 'Tls');
  });

  it('shows the client certificate that is in the Secret, and the new one once that has changed', async () => {
    const [first, second] = [selfSignedCertificate('one'), selfSignedCertificate('two')];
    const ca = [first.cert, second.cert];
    await using https = await startTlsServer({ ...server, ca, requestCert: true, rejectUnauthorized: true });
    const secrets = new FixedSecrets(secretsOf(server, first));
    await using under = new RecipientUnderTest(https.origin, both, systemClock, secrets);
    assert.equal(outcomeOf(await under.post()), 200);
    secrets.rotate(secretsOf(server, second));
    assert.equal(outcomeOf(await under.post()), 200);
    assert.equal(new Set(https.clients).size, 2);
    await using nobody = new RecipientUnderTest(https.origin, caOnly, systemClock, secrets);
    assert.notEqual(outcomeOf(await nobody.post()), 200);
  });

  it('lets requests end that are open when certificates change', async () => {
    await using https = await startTlsServer(server);
    const secrets = new FixedSecrets(secretsOf(server));
    await using under = new RecipientUnderTest(https.origin, caOnly, systemClock, secrets);
    const open = Array.from({ length: 8 }, () => under.post());
    secrets.rotate({ 'ca/ca.crt': `${server.cert}${selfSignedCertificate().cert}` });
    assert.deepEqual((await Promise.all([...open, under.post()])).map(outcomeOf), Array(9).fill(200));
  });

  const unusable: [sentence: string, secrets: Record<string, string>][] = [
    ['no certificate of an authority', { ...secretsOf(server, server), 'ca/ca.crt': 'nothing' }],
    ['a broken client certificate', { ...secretsOf(server, server), 'client/tls.crt': 'nothing' }],
    ['a key of another certificate', { ...secretsOf(server, server), 'client/tls.key': selfSignedCertificate().key }],
  ];
  for (const [sentence, values] of unusable) {
    it(`does not begin with ${sentence}, and stays with what it has when that comes later`, async () => {
      await using https = await startTlsServer(server);
      assert.throws(
        () => new RecipientUnderTest(https.origin, both, systemClock, new FixedSecrets(values)),
        (error: Error) => /the certificates in the Secrets ca and client cannot be used/.test(error.message),
      );
      const secrets = new FixedSecrets(secretsOf(server, server));
      await using under = new RecipientUnderTest(https.origin, both, systemClock, secrets);
      assert.throws(() => secrets.rotate(values));
      assert.equal(outcomeOf(await under.post()), 200);
    });
  }
});
