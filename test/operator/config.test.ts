import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { operatorConfig, parseListen } from '../../operator/config.ts';

const least = { POD_NAMESPACE: 'courier-system', COURIER_IMAGE: 'courier:1' };

describe('the operator’s configuration', () => {
  it('needs a namespace and an image, and has a default for the rest', () => {
    assert.deepEqual(operatorConfig(least), {
      namespace: 'courier-system',
      podName: hostname(),
      image: 'courier:1',
      watchNamespace: undefined,
      listen: '0.0.0.0:8080',
      intervalMs: 5_000,
      resyncMs: 600_000,
      leaseMs: 15_000,
    });
  });

  it('reads every variable', () => {
    const config = operatorConfig({
      ...least,
      POD_NAME: 'operator-0',
      COURIER_WATCH_NAMESPACE: 'shop',
      COURIER_LISTEN: '[::]:9090',
      COURIER_INTERVAL_SECONDS: '0.5',
      COURIER_RESYNC_SECONDS: '60',
      COURIER_LEASE_SECONDS: '30',
    });
    assert.deepEqual(config, {
      namespace: 'courier-system',
      podName: 'operator-0',
      image: 'courier:1',
      watchNamespace: 'shop',
      listen: '[::]:9090',
      intervalMs: 500,
      resyncMs: 60_000,
      leaseMs: 30_000,
    });
  });

  it('takes an empty variable for one that is not set, as a chart writes it', () => {
    const empty = ['POD_NAME', 'COURIER_WATCH_NAMESPACE', 'COURIER_LISTEN', 'COURIER_INTERVAL_SECONDS'];
    const env = { ...least, ...Object.fromEntries(empty.map((name) => [name, ''])) };
    assert.deepEqual(operatorConfig(env), operatorConfig(least));
  });

  for (const name of ['POD_NAMESPACE', 'COURIER_IMAGE']) {
    for (const value of [undefined, '']) {
      it(`names ${name} when it is ${value === undefined ? 'not set' : 'empty'}`, () => {
        assert.throws(() => operatorConfig({ ...least, [name]: value }), new RegExp(`^TypeError: ${name} is not set`));
      });
    }
  }

  for (const [name, from, to] of [
    ['COURIER_INTERVAL_SECONDS', 0.1, 300],
    ['COURIER_RESYNC_SECONDS', 1, 86_400],
    ['COURIER_LEASE_SECONDS', 3, 300],
  ] as const) {
    for (const value of ['soon', '5s', '-1', 'NaN', 'Infinity', ' ', String(from / 2), String(to + 1)]) {
      it(`refuses ${name} ${JSON.stringify(value)}, naming both and the range`, () => {
        const said = `${name} is ${JSON.stringify(value)}: it must be a number of seconds from ${from} to ${to}`;
        assert.throws(() => operatorConfig({ ...least, [name]: value }), { name: 'TypeError', message: said });
      });
    }
    it(`takes ${name} at the ends of its range`, () => {
      for (const value of [from, to]) operatorConfig({ ...least, [name]: String(value) });
    });
  }

  for (const value of ['8080', 'localhost', 'localhost:', ':99999', '::1:8080', 'a:b']) {
    it(`refuses COURIER_LISTEN ${value}`, () => {
      assert.throws(
        () => operatorConfig({ ...least, COURIER_LISTEN: value }),
        /COURIER_LISTEN is ".*": write host:port/,
      );
    });
  }
});

describe('an address to listen on', () => {
  for (const [listen, host, port] of [
    ['0.0.0.0:8080', '0.0.0.0', 8080],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::]:8080', '::', 8080],
    ['localhost:65535', 'localhost', 65_535],
    [':8080', '', 8080],
  ] as const) {
    it(`${listen} has the host ${JSON.stringify(host)} and the port ${port}`, () => {
      assert.deepEqual(parseListen(listen), { host, port });
    });
  }
});
