import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createServer as createTlsServer, setDefaultCACertificates } from 'node:tls';
import type { AttemptError } from '../../worker/recipient.ts';
import { selfSignedCertificate } from '../support/certificate.ts';
import { ScriptedServer, startRawServer } from '../support/scripted-server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { outcomeOf, RecipientUnderTest } from './recipient-under-test.ts';

describe('an attempt without an answer', { concurrency: true }, () => {
  const status200 = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n';
  const broken: [sentence: string, take: (socket: Socket) => void, error: AttemptError][] = [
    ['is reset when the connection breaks before it', (socket) => socket.resetAndDestroy(), 'Reset'],
    ['is reset when the connection ends before it', (socket) => socket.end(), 'Reset'],
    [
      'is reset when the connection breaks in the middle of its headers',
      (socket) => socket.write(status200.slice(0, 20), () => socket.resetAndDestroy()),
      'Reset',
    ],
    [
      'is reset when the connection breaks in the middle of its body',
      (socket) => socket.write(`${status200}abc`, () => socket.resetAndDestroy()),
      'Reset',
    ],
    ['is reset when the connection ends in the middle of its body', (socket) => socket.end(`${status200}abc`), 'Reset'],
    [
      'is reset when the connection ends in the middle of a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc'),
      'Reset',
    ],
    ['has a broken protocol when it is no HTTP', (socket) => socket.end('220 smtp.example ESMTP\r\n'), 'Protocol'],
    [
      'has a broken protocol when its chunks have no size',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'),
      'Protocol',
    ],
    [
      'has a broken protocol when its headers are endless',
      (socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`),
      'Protocol',
    ],
  ];
  for (const [sentence, take, error] of broken) {
    it(sentence, async () => {
      await using server = await startRawServer((socket) => socket.once('data', () => take(socket)));
      await using under = new RecipientUnderTest(`http://${server.host}/`);
      const attempt = await under.post();
      assert.equal(outcomeOf(attempt), error);
      assert.notEqual(attempt.error === undefined || attempt.detail, '');
    });
  }

  it('could not connect when the port is closed', async () => {
    const server = await startRawServer(() => {});
    const { host } = server;
    await server[Symbol.asyncDispose]();
    await using under = new RecipientUnderTest(`http://${host}/`);
    const attempts = await Promise.all([under.post(), under.post(), under.post()]);
    assert.deepEqual(attempts.map(outcomeOf), ['ConnectFailed', 'ConnectFailed', 'ConnectFailed']);
  });

  it('has an unknown host when that has no address', async () => {
    // No name may have a label of 64 characters, so nobody is asked for it.
    await using under = new RecipientUnderTest(`http://${'a'.repeat(64)}.invalid/`);
    assert.equal(outcomeOf(await under.post()), 'UnknownHost');
  });

  it('could not connect in time when nobody takes the connection', async () => {
    await using full = await startFullBacklog();
    await using under = new RecipientUnderTest(`http://${full.host}/`, { connectTimeoutSeconds: 1 });
    const attempt = await under.post();
    assert.equal(outcomeOf(attempt), 'ConnectTimeout');
    assert.match(attempt.error === undefined ? '' : attempt.detail, /timeout: 1000ms/);
  });

  it('could not connect in time when the other side says nothing to the TLS handshake', async () => {
    await using server = await startRawServer(() => {});
    await using under = new RecipientUnderTest(`https://${server.host}/`, { connectTimeoutSeconds: 1 });
    assert.equal(outcomeOf(await under.post()), 'ConnectTimeout');
  });

  it('could not agree on TLS when the certificate is not trusted', async () => {
    await using server = await startTlsServer();
    await using under = new RecipientUnderTest(`https://${server.host}/`);
    const attempt = await under.post();
    assert.equal(outcomeOf(attempt), 'Tls');
    assert.match(attempt.error === undefined ? '' : attempt.detail, /self-signed certificate/);
  });

  it('could not agree on TLS when the other side speaks plain HTTP', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin.replace('http:', 'https:'));
    assert.equal(outcomeOf(await under.post()), 'Tls');
  });
});

describe('the deadline of an attempt', () => {
  /** A recipient that may take 30 s, in virtual time. */
  const start = async () => {
    const clock = new VirtualClock();
    const server = await ScriptedServer.start();
    server.respond = () => {};
    return { clock, server, under: new RecipientUnderTest(server.origin, { timeoutSeconds: 30 }, clock) };
  };

  it('ends one whose answer does not begin', async () => {
    const { clock, ...rest } = await start();
    await using server = rest.server;
    await using under = rest.under;
    let ended = false;
    const attempt = under.post().finally(() => {
      ended = true;
    });
    await server.request();
    await clock.advance(29_999);
    assert.equal(ended, false);
    await clock.advance(1001);
    const { error, durationMs } = await attempt;
    assert.equal(error, 'Timeout');
    assert.ok(durationMs >= 30_000 && durationMs <= 31_000, `${durationMs} ms`);
  });

  it('ends one whose answer trickles in without an end', async () => {
    const { clock, ...rest } = await start();
    await using server = rest.server;
    await using under = rest.under;
    const attempt = under.post();
    const { response } = await server.request();
    response.writeHead(200);
    for (let second = 0; second < 31; second++) {
      response.write('.');
      await clock.advance(1000);
    }
    assert.deepEqual(await attempt, {
      ...{ error: 'Timeout', detail: 'no complete response within 30 s' },
      durationMs: (await attempt).durationMs,
    });
  });

  it('counts for each on its own, and leaves those that have time', async () => {
    const { clock, ...rest } = await start();
    await using server = rest.server;
    await using under = rest.under;
    const early = under.post({ body: 'early' });
    await server.request(1);
    await clock.advance(20_000);
    const late = under.post({ body: 'late' });
    const { response } = await server.request(2);
    await clock.advance(11_000);
    assert.equal(outcomeOf(await early), 'Timeout');
    response.end();
    assert.equal(outcomeOf(await late), 200);
  });

  it('gives the connection up, and the next attempt another', async () => {
    const { clock, ...rest } = await start();
    await using server = rest.server;
    await using under = rest.under;
    const late = under.post();
    await server.request();
    await clock.advance(31_000);
    assert.equal(outcomeOf(await late), 'Timeout');
    server.respond = ({ response }) => response.end();
    assert.equal(outcomeOf(await under.post()), 200);
    assert.equal(server.connections, 2);
  });

  it('begins with the first byte sent, however long the connection took, and is kept then', async () => {
    const clock = new VirtualClock();
    const trusted = selfSignedCertificate();
    setDefaultCACertificates([trusted.cert]);
    await using tls = await startTlsServer(trusted);
    const handshake = Promise.withResolvers<() => void>();
    await using slow = await startRawServer((socket) => {
      socket.pause();
      handshake.resolve(() => {
        const [host, port] = tls.host.split(':');
        const onward = connect(Number(port), host).on('error', () => socket.destroy());
        socket
          .on('error', () => onward.destroy())
          .pipe(onward)
          .pipe(socket);
      });
    });
    await using under = new RecipientUnderTest(`https://${slow.host}/`, { timeoutSeconds: 30 }, clock);
    const attempt = under.post();
    const letThrough = await handshake.promise;
    await clock.advance(120_000);
    letThrough();
    await tls.asked;
    await clock.advance(31_000);
    const { error, durationMs } = await attempt;
    assert.equal(error, 'Timeout');
    assert.ok(durationMs <= 31_000, `${durationMs} ms`);
  });
});

/** A TLS server with a certificate that nobody trusts unless told to. `asked` resolves with its first plain byte. */
async function startTlsServer(
  certificate = selfSignedCertificate(),
): Promise<AsyncDisposable & { readonly host: string; readonly asked: Promise<void> }> {
  const asked = Promise.withResolvers<void>();
  const tls = createTlsServer(certificate, (socket) => {
    socket.once('data', () => asked.resolve());
  });
  // A client that does not trust the certificate says so by breaking off.
  tls.on('tlsClientError', () => {});
  const raw = await startRawServer((socket) => tls.emit('connection', socket));
  return { ...raw, asked: asked.promise };
}

/**
 * A port that listens, but takes no connection: its process is stopped, and the queue of the kernel is full. To connect
 * then takes until one gives up.
 */
async function startFullBacklog(): Promise<AsyncDisposable & { readonly host: string }> {
  const program = `const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const port = Number(line);
  child.kill('SIGSTOP');
  const waiting = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')));
  return {
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
