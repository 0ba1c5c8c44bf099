import assert from 'node:assert/strict';
import crypto, { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Registry } from 'prom-client';
import type { ExchangeOrder } from '../../api/exchange.ts';
import { exchangeToken, tokenSha256 } from '../../operator/exchange/token.ts';
import { Exchange } from '../../worker/exchange.ts';
import { StatusServer } from '../../worker/status-server.ts';
import { workerStatus } from '../support/worker-status.ts';

const token = exchangeToken(Buffer.alloc(32, 1), 'uid');
const authorization = `Bearer ${token}`;

function exchange() {
  const orders: ExchangeOrder[] = [];
  const side = new Exchange(tokenSha256(token), (order) => {
    orders.push(order);
    return { done: true };
  });
  return { orders, side };
}

describe('the worker’s side of the exchange', () => {
  it('obeys an order of who knows the token, and answers with what obeying gave', () => {
    const { orders, side } = exchange();
    assert.deepEqual(side.answer(authorization, '{"drain":true,"validSeconds":15}'), {
      status: 200,
      body: '{"done":true}',
    });
    assert.deepEqual(orders, [{ drain: true, validSeconds: 15 }]);
  });

  for (const [what, header] of [
    ['no token', undefined],
    ['an empty one', 'Bearer '],
    ['another one', `Bearer ${exchangeToken(Buffer.alloc(32, 1), 'other')}`],
    ['the beginning of it', `Bearer ${token.slice(0, -1)}`],
    ['more than it', `Bearer ${token}x`],
    ['another scheme', `Basic ${token}`],
    ['its hash, which a worker’s configuration holds', `Bearer ${tokenSha256(token)}`],
  ] as const) {
    it(`does nothing for who shows ${what}, whatever the order`, () => {
      const { orders, side } = exchange();
      for (const body of ['{"drain":true,"validSeconds":15}', 'no JSON']) {
        const { status, body: said } = side.answer(header, body);
        assert.equal(status, 401);
        assert.match(said, /is for the operator of this Courier/);
        assert.ok(!said.includes(token));
      }
      assert.deepEqual(orders, []);
    });
  }

  it('compares hashes, and in constant time, however alike a token is to the right one', (test) => {
    const compare = test.mock.method(crypto, 'timingSafeEqual');
    syncBuiltinESMExports();
    test.after(() => {
      compare.mock.restore();
      syncBuiltinESMExports();
    });
    const { side } = exchange();
    const shown = [token, `${token.slice(0, -1)}!`, 'x', 'x'.repeat(10_000)];
    assert.deepEqual(
      shown.map((one) => side.answer(`Bearer ${one}`, '{}').status),
      [200, 401, 401, 401],
    );
    const right = createHash('sha256').update(token).digest();
    assert.deepEqual(
      compare.mock.calls.map((call) => call.arguments),
      shown.map((one) => [createHash('sha256').update(one).digest(), right]),
    );
  });

  for (const [body, says] of [
    ['', /JSON/],
    ['{"drain":', /JSON/],
    ['null', /an order must be a JSON object/],
    ['7', /an order must be a JSON object/],
    ['{"drain":"yes"}', /drain must be true or false/],
    ['{"drain":true,"validSeconds":"15"}', /validSeconds must be 0 or more/],
    ['{"drain":true,"validSeconds":-1}', /validSeconds must be 0 or more/],
    ['{"drain":true,"validSeconds":null}', /validSeconds must be 0 or more/],
  ] as const) {
    it(`refuses ${JSON.stringify(body)} and says why`, () => {
      const { orders, side } = exchange();
      const { status, body: said } = side.answer(authorization, body);
      assert.equal(status, 400);
      assert.match(JSON.parse(said).error, says);
      assert.deepEqual(orders, []);
    });
  }

  it('ignores what a newer operator adds, and lives without what another does not send', () => {
    const { orders, side } = exchange();
    side.answer(authorization, '{"drain":true,"validSeconds":15,"slots":{"max":3},"version":2}');
    side.answer(authorization, '{}');
    side.answer(authorization, '[]');
    assert.deepEqual(orders, [
      { drain: true, validSeconds: 15 },
      { drain: false, validSeconds: 0 },
      { drain: false, validSeconds: 0 },
    ]);
  });

  it('takes a share of the rate limit, the end of the limit, and the most requests', () => {
    const { orders, side } = exchange();
    const fallback = { messagesPerSecond: 1.5, burst: 1 };
    const share = { id: 'a', messagesPerSecond: 12.5, burst: 4, ttlSeconds: 13, fallback };
    for (const order of [{ share }, { share: null }, { maxConcurrency: 8 }]) {
      assert.equal(side.answer(authorization, JSON.stringify(order)).status, 200);
    }
    const rest = { drain: false, validSeconds: 0 };
    assert.deepEqual(orders, [
      { ...rest, share },
      { ...rest, share: null },
      { ...rest, maxConcurrency: 8 },
    ]);
  });

  for (const [wrong, says] of [
    [{ share: 5 }, /^share must be a JSON object$/],
    [{ share: { id: 7 } }, /^share\.id must be a string$/],
    [{ share: { id: 'a', messagesPerSecond: -1 } }, /^share\.messagesPerSecond must be 0 or more$/],
    [{ share: { id: 'a', messagesPerSecond: 1, burst: null } }, /^share\.burst must be 0 or more$/],
    [{ share: { id: 'a', messagesPerSecond: 1, burst: 1 } }, /^share\.ttlSeconds must be 0 or more$/],
    [{ share: { id: 'a', messagesPerSecond: 1, burst: 1, ttlSeconds: 1 } }, /^share\.fallback must be a JSON object$/],
    [{ maxConcurrency: 0 }, /^maxConcurrency must be a whole number of 1 or more$/],
    [{ maxConcurrency: 1.5 }, /^maxConcurrency must be a whole number of 1 or more$/],
  ] as const) {
    it(`refuses ${JSON.stringify(wrong)} and obeys no part of it`, () => {
      const { orders, side } = exchange();
      const { status, body } = side.answer(authorization, JSON.stringify({ drain: true, validSeconds: 15, ...wrong }));
      assert.equal(status, 400);
      assert.match(JSON.parse(body).error, says);
      assert.deepEqual(orders, []);
    });
  }

  it('obeys nobody for longer than five minutes without a new order', () => {
    const { orders, side } = exchange();
    side.answer(authorization, '{"drain":true,"validSeconds":1e9}');
    assert.deepEqual(orders, [{ drain: true, validSeconds: 300 }]);
  });

  for (const hash of ['', 'x'.repeat(64), 'AB'.repeat(32), '5f'.repeat(31)]) {
    it(`does not begin with ${JSON.stringify(hash)} for a hash`, () => {
      assert.throws(() => new Exchange(hash, () => ({})), /COURIER_EXCHANGE_TOKEN_SHA256 must be a SHA-256/);
    });
  }
});

describe('the exchange on the status API', () => {
  const { orders, side } = exchange();
  let server: StatusServer;
  let alone: StatusServer;
  before(async () => {
    const options = {
      listen: '127.0.0.1:0',
      liveness: () => ({ alive: true, explanation: '' }),
      status: () => workerStatus(),
      metrics: new Registry(),
    };
    server = await StatusServer.start({ ...options, exchange: side });
    alone = await StatusServer.start({ ...options, exchange: undefined });
  });
  after(() => Promise.all([server.close(), alone.close()]));

  const post = (port: number, body: string, headers = { authorization }, path = '/exchange') =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body });

  it('takes an order', async () => {
    const answer = await post(server.port, '{"drain":true,"validSeconds":1}');
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { done: true });
    assert.equal(orders.length, 1);
  });

  it('refuses an order that is too large without reading it all', async () => {
    const sent = Buffer.alloc(1 << 20, ' ');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = {
        port: server.port,
        host: '127.0.0.1',
        path: '/exchange',
        method: 'POST',
        headers: { authorization },
      };
      const call = request(options, (response) => {
        resolve(response.statusCode);
        response.resume();
      });
      // The server closes while it is still being sent to.
      call.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
      });
      call.end(sent);
    });
    assert.equal(status, 413);
    assert.equal(orders.length, 1);
  });

  it('is nothing to read, and nothing where no operator is', async () => {
    const read = await fetch(`http://127.0.0.1:${server.port}/exchange`);
    assert.equal(read.status, 404);
    assert.equal((await post(alone.port, '{"drain":true,"validSeconds":1}')).status, 405);
    assert.equal((await post(server.port, '{}', { authorization }, '/status')).status, 405);
  });

  it('does not obey an order whose sender has given up before it was read', async () => {
    const before = orders.length;
    const body = '{"drain":true,"validSeconds":60}';
    const head = `POST /exchange HTTP/1.1\r\nhost: worker\r\nauthorization: ${authorization}\r\ncontent-length: ${body.length}`;
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`${head}\r\n\r\n${body}`);
    socket.destroySoon();
    await once(socket, 'close');
    assert.equal((await post(server.port, '{}')).status, 200);
    assert.deepEqual(
      orders.slice(before).map(({ drain }) => drain),
      [false],
    );
  });

  it('survives who hangs up within an order', async () => {
    const call = request({
      ...{ port: server.port, host: '127.0.0.1', path: '/exchange', method: 'POST' },
      headers: { authorization, 'content-length': 100 },
    });
    await new Promise<void>((resolve) => call.write('{', () => resolve()));
    const closed = new Promise((resolve) => call.on('close', resolve));
    call.on('error', () => {});
    call.destroy();
    await closed;
    assert.equal((await post(server.port, '{}')).status, 200);
  });
});

it('the hash is that of the token, so that a person can check it', () => {
  assert.equal(tokenSha256('abc'), createHash('sha256').update('abc').digest('hex'));
});
