import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it, type TestContext } from 'node:test';
import { Registry } from 'prom-client';
import { ExchangeClient } from '../../../operator/exchange/exchange-client.ts';
import { exchangeToken, tokenSha256 } from '../../../operator/exchange/token.ts';
import { Exchange } from '../../../worker/exchange.ts';
import { StatusServer } from '../../../worker/status-server.ts';
import { workerStatus } from '../../support/worker-status.ts';

const token = exchangeToken(Buffer.alloc(32, 1), 'uid');
const order = { drain: true, validSeconds: 15 };
const signal = new AbortController().signal;
const client = new ExchangeClient();
after(() => client.close());

/** A worker that answers as `listener` says. */
async function worker(test: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

describe('the operator’s side of the exchange', () => {
  it('hands an order to a real worker and brings its status back', async (test) => {
    const orders: unknown[] = [];
    const status = workerStatus({ worker: 'orders-a', holding: { posting: 3 } });
    const side = new Exchange(tokenSha256(token), (given) => {
      orders.push(given);
      return status;
    });
    const server = await StatusServer.start({
      ...{ listen: '127.0.0.1:0', exchange: side, status: () => status, metrics: new Registry() },
      liveness: () => ({ alive: true, explanation: '' }),
    });
    test.after(() => server.close());
    const address = { host: '127.0.0.1', port: server.port };
    assert.deepEqual(await client.exchange(address, token, order, signal), status);
    assert.deepEqual(orders, [order]);
    await assert.rejects(client.exchange(address, 'another', order, signal), /answers 401 to the exchange/);
    assert.equal(orders.length, 1);
  });

  it('sends one POST of JSON with the token', async (test) => {
    const seen: unknown[] = [];
    const address = await worker(test, async (request, response) => {
      const body = (await request.toArray()).join('');
      const { authorization, 'content-type': type } = request.headers;
      seen.push([request.method, request.url, authorization, type, JSON.parse(body)]);
      response.end(JSON.stringify(workerStatus()));
    });
    await client.exchange(address, token, order, signal);
    assert.deepEqual(seen, [['POST', '/exchange', `Bearer ${token}`, 'application/json', order]]);
  });

  it('takes the status of a newer worker, with what it does not know', async (test) => {
    const newer = { ...workerStatus(), breaker: { open: true } };
    const address = await worker(test, (_, response) => response.end(JSON.stringify(newer)));
    assert.deepEqual(await client.exchange(address, token, order, signal), newer);
  });

  const { bootId: _, ...anonymous } = workerStatus();
  for (const [what, status, body, says] of [
    ['has no such path, being older', 404, 'there are /livez', /answers 404 to the exchange/],
    ['fails', 500, '', /answers 500/],
    ['sends no JSON', 200, '<html>', /JSON/],
    ['sends half of it', 200, '{"bootId":', /JSON/],
    ['sends something else', 200, '{"hello":"world"}', /something that is not a status/],
    ['sends a status without a boot id', 200, JSON.stringify(anonymous), /something that is not a status/],
    ['sends more than a status can be', 200, JSON.stringify(workerStatus()).padEnd(1 << 20), /./],
  ] as const) {
    it(`fails where the worker ${what}`, async (test) => {
      const address = await worker(test, (request, response) => {
        request.resume();
        response.writeHead(status).end(body);
      });
      await assert.rejects(client.exchange(address, token, order, signal), says);
    });
  }

  it('follows no redirect: the token is for this worker alone', async (test) => {
    let followed = 0;
    const elsewhere = await worker(test, (_, response) => {
      followed++;
      response.end(JSON.stringify(workerStatus()));
    });
    const location = `http://127.0.0.1:${elsewhere.port}/exchange`;
    const address = await worker(test, (_, response) => response.writeHead(307, { location }).end());
    await assert.rejects(client.exchange(address, token, order, signal), /answers 307/);
    assert.equal(followed, 0);
  });

  it('does not wait for a worker that never answers', async (test) => {
    const address = await worker(test, () => {});
    await assert.rejects(client.exchange(address, token, order, signal), { name: 'TimeoutError' });
  });

  it('does not wait for one that dribbles its answer', async (test) => {
    const address = await worker(test, (_, response) => {
      response.writeHead(200).flushHeaders();
      response.write('{');
    });
    await assert.rejects(client.exchange(address, token, order, signal), { name: 'TimeoutError' });
  });

  it('ends with the signal', async (test) => {
    const stop = new AbortController();
    const address = await worker(test, () => stop.abort());
    await assert.rejects(client.exchange(address, token, order, stop.signal), { name: 'AbortError' });
  });

  it('fails at once where nobody listens', async (test) => {
    const address = await worker(test, () => {});
    const gone = new ExchangeClient();
    await assert.rejects(gone.exchange({ ...address, port: 1 }, token, order, signal));
    await gone.close();
  });

  it('reaches a worker on an address of IPv6', async (test) => {
    const server = createServer((_, response) => response.end(JSON.stringify(workerStatus()))).listen(0, '::1');
    const [outcome] = await Promise.race([once(server, 'listening').then(() => ['ok']), once(server, 'error')]);
    if (outcome !== 'ok') return test.diagnostic('this machine has no IPv6');
    test.after(() => server.close());
    const address = { host: '::1', port: (server.address() as AddressInfo).port };
    assert.equal((await client.exchange(address, token, order, signal)).bootId, workerStatus().bootId);
    server.closeAllConnections();
  });
});
