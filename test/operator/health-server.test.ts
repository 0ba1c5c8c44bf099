import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Counter, Registry } from 'prom-client';
import { HealthServer } from '../../operator/health-server.ts';

describe('the operator’s health server', () => {
  const metrics = new Registry();
  const problems: { live: string | undefined; ready: string | undefined } = { live: undefined, ready: undefined };
  let server: HealthServer;
  let url = '';
  before(async () => {
    new Counter({ name: 'tries_total', help: 'Tries.', registers: [metrics] }).inc();
    server = await HealthServer.start({
      ...{ host: '127.0.0.1', port: 0, metrics },
      liveness: { reconciles: () => problems.live },
      readiness: { caches: () => problems.ready },
    });
    url = `http://127.0.0.1:${server.port}`;
  });
  after(() => server.close());

  for (const [path, check, other] of [
    ['/healthz', 'live', 'ready'],
    ['/readyz', 'ready', 'live'],
  ] as const) {
    it(`${path} says what is wrong, and nothing of what is the other probe's`, async () => {
      problems[other] = 'not mine';
      const well = await fetch(url + path);
      assert.equal(well.status, 200);
      problems[check] = 'something is wrong';
      const ill = await fetch(`${url}${path}?verbose`);
      assert.equal(ill.status, 503);
      assert.match(await ill.text(), /^\[-\]\w+ something is wrong\n$/);
      Object.assign(problems, { live: undefined, ready: undefined });
    });
  }

  it('shows the metrics', async () => {
    const answer = await fetch(`${url}/metrics`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
    assert.match(await answer.text(), /tries_total 1/);
  });

  it('says what there is, to who asks for something else', async () => {
    const answer = await fetch(`${url}/`);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /\/healthz, \/readyz and \/metrics/);
  });

  it('does not start where somebody else listens', async () => {
    const taken = { host: '127.0.0.1', port: server.port, metrics, liveness: {}, readiness: {} };
    await assert.rejects(HealthServer.start(taken), { code: 'EADDRINUSE' });
  });

  it('ends although somebody keeps a connection open', async () => {
    const second = await HealthServer.start({ host: '127.0.0.1', port: 0, metrics, liveness: {}, readiness: {} });
    await (await fetch(`http://127.0.0.1:${second.port}/healthz`)).text();
    await second.close();
    await assert.rejects(fetch(`http://127.0.0.1:${second.port}/healthz`));
  });
});
