import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { WorkerStatus } from '../../api/worker-status.ts';
import type { Liveness } from '../../worker/liveness.ts';
import { workerMetrics } from '../../worker/metrics.ts';
import { newObservations } from '../../worker/observations.ts';
import { StatusServer } from '../../worker/status-server.ts';
import { workerStatus } from '../support/worker-status.ts';

const shown = {
  liveness: { alive: true, explanation: 'the last receive came back 2.0 s ago' } as Liveness,
  status: workerStatus(),
};

function start(listen: string): Promise<StatusServer> {
  const status = (): WorkerStatus => shown.status;
  const metrics = workerMetrics(status, newObservations());
  return StatusServer.start({ listen, liveness: () => shown.liveness, status, metrics, exchange: undefined });
}

describe('the status server', () => {
  let server: StatusServer;
  before(async () => {
    server = await start('127.0.0.1:0');
  });
  after(() => server.close());

  const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);

  const probes: [sentence: string, path: string, changes: Partial<typeof shown>, status: number, body: string][] = [
    ['lives while there is progress', '/livez', {}, 200, 'the last receive came back 2.0 s ago\n'],
    ['does not live without', '/livez', { liveness: { alive: false, explanation: 'stuck' } }, 503, 'stuck\n'],
    ['is ready while it runs', '/readyz', {}, 200, 'Running: the queue is empty\n'],
    [
      'is not ready before it has seen the queue',
      '/readyz',
      { status: workerStatus({ state: 'Starting', waiting: { for: 'Queue', explanation: 'no credentials' } }) },
      503,
      'Starting: no credentials\n',
    ],
    [
      'is not ready while it drains',
      '/readyz',
      { status: workerStatus({ state: 'Draining' }) },
      503,
      'Draining: the queue is empty\n',
    ],
    ['has nothing elsewhere', '/', {}, 404, 'there are /livez, /readyz, /metrics and /status\n'],
    ['does not look at the query', '/livez?verbose', {}, 200, 'the last receive came back 2.0 s ago\n'],
  ];
  for (const [sentence, path, changes, status, body] of probes) {
    it(`${sentence}: GET ${path} is ${status}`, async () => {
      const usual = { ...shown };
      Object.assign(shown, changes);
      const response = await ask(path);
      assert.deepEqual([response.status, await response.text()], [status, body]);
      assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
      Object.assign(shown, usual);
    });
  }

  it('shows the whole status as JSON', async () => {
    const response = await ask('/status');
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(await response.json(), shown.status);
  });

  it('shows the metrics as Prometheus reads them', async () => {
    const response = await ask('/metrics');
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(await response.text(), /^courier_worker_messages_received_total 0$/m);
  });

  it('answers HEAD without a body', async () => {
    const response = await ask('/status', { method: 'HEAD' });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    assert.ok(Number(response.headers.get('content-length')) > 100);
  });

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    it(`refuses ${method}, and says what is allowed`, async () => {
      const response = await ask('/status', { method });
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD']);
    });
  }

  it('says which variable names an address that is taken', async () => {
    await assert.rejects(start(`127.0.0.1:${server.port}`), {
      message: new RegExp(
        `^COURIER_LISTEN 127.0.0.1:${server.port} cannot be listened on \\(.*EADDRINUSE.*: write host`,
      ),
    });
  });
});

describe('the address of the status server', () => {
  for (const listen of ['127.0.0.1:0', 'localhost:0', ':0']) {
    it(`may be ${listen}`, async () => {
      const server = await start(listen);
      assert.ok(server.port > 0);
      await server.close();
    });
  }

  for (const listen of ['', '8080', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:8080', 'http://127.0.0.1:80']) {
    it(`may not be "${listen}"`, async () => {
      await assert.rejects(start(listen), {
        message: `COURIER_LISTEN ${listen} cannot be listened on (it is not an address): write host:port, such as 0.0.0.0:8080`,
      });
    });
  }
});

describe('the status server that is closed', () => {
  it('ends the connections that are open, and listens no more', async () => {
    const server = await start('127.0.0.1:0');
    const { port } = server;
    await fetch(`http://127.0.0.1:${port}/livez`);
    const unfinished = connect(port, '127.0.0.1').on('error', () => {});
    await once(unfinished, 'connect');
    unfinished.write('GET /livez HTTP/1.1\r\n');
    const closed = new Promise((resolve) => unfinished.once('close', resolve));
    await server.close();
    await closed;
    await assert.rejects(fetch(`http://127.0.0.1:${port}/livez`));
  });
});
