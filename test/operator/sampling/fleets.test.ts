import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { AwsError } from '../../../aws/errors.ts';
import type { QueueAttributes } from '../../../aws/queue-attributes.ts';
import type { LiveCourier, Pod } from '../../../operator/courier/objects.ts';
import { exchangeToken, tokenSha256 } from '../../../operator/exchange/token.ts';
import { SampledFleets } from '../../../operator/sampling/fleets.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { workerStatus } from '../../support/worker-status.ts';
import { deploymentOf, liveCourier } from '../courier/fixtures.ts';

const operatorKey = Buffer.alloc(32, 7);
const key = 'shop/orders';
const intervalMs = 5_000;

/** Fleets whose queues all hold `visible` messages, in virtual time. */
class Bench {
  readonly clock = new VirtualClock();
  readonly looked: string[] = [];
  readonly exchanged: unknown[] = [];
  readonly changed: string[] = [];
  visible = 0;
  failure: Error | undefined;
  pods: Pod[] = [];
  /** Looks that are to wait until they are let go. */
  gate: Promise<void> | undefined;
  readonly fleets: SampledFleets;

  constructor(everyMs = intervalMs) {
    this.fleets = this.#make(everyMs);
  }

  readonly #make = (everyMs: number) =>
    new SampledFleets({
      ...{ clock: this.clock, random: () => 0.5, operatorKey, intervalMs: everyMs },
      look: async ({ metadata }, signal) => {
        this.looked.push(metadata.name);
        await this.gate;
        signal.throwIfAborted();
        if (this.failure !== undefined) throw this.failure;
        return attributes(this.visible);
      },
      exchange: async (address, token) => {
        this.exchanged.push({ address, token });
        return workerStatus();
      },
      writeCosts: async () => {},
      podsOf: () => this.pods,
      deploymentOf: () => deploymentOf(0),
      changed: (name) => this.changed.push(name),
    });
}

function attributes(visible: number): QueueAttributes {
  return {
    ...{ arn: null, fifo: false, visibilityTimeoutSeconds: 30, messageRetentionSeconds: 60, maximumMessageBytes: 1 },
    ...{ counters: { visible, notVisible: 0, delayed: 0 }, redrivePolicy: null },
  };
}

function named(name: string, uid = name): LiveCourier {
  const courier = liveCourier({ 'metadata.name': name });
  return { ...courier, metadata: { ...courier.metadata, uid } };
}

describe('sampled fleets', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('look within half a second for the first time, then once in each interval', async () => {
    bench.fleets.ensure(key, named('orders'));
    assert.equal(bench.fleets.sample(key)?.decision, undefined);
    await bench.clock.advance(500);
    assert.deepEqual(bench.looked, ['orders']);
    await bench.clock.advance(10 * intervalMs);
    assert.equal(bench.looked.length, 11);
  });

  it('do not look again because a Courier is reconciled', async () => {
    for (let reconciles = 0; reconciles < 20; reconciles++) {
      bench.fleets.ensure(key, named('orders'));
      await bench.clock.advance(100);
    }
    assert.equal(bench.looked.length, 1);
  });

  it('tell what is new, and of counters alone only every half minute', async () => {
    bench.fleets.ensure(key, named('orders'));
    await bench.clock.advance(500);
    assert.deepEqual(bench.changed, [key]);
    await bench.clock.advance(4 * intervalMs);
    assert.equal(bench.changed.length, 1);
    bench.visible = 900;
    await bench.clock.advance(intervalMs);
    assert.equal(bench.changed.length, 2);
    assert.ok((bench.fleets.sample(key)?.decision?.replicas ?? 0) > 0);
    await bench.clock.advance(120_000); // Until the number has settled.
    const before = bench.changed.length;
    await bench.clock.advance(120_000);
    assert.ok(bench.changed.length - before <= 5, `${bench.changed.length - before} in two minutes`);
  });

  it('keep a hiccup of the network to themselves, and tell when it lasts', async () => {
    bench.fleets.ensure(key, named('orders'));
    await bench.clock.advance(500);
    bench.failure = new AwsError('Network', 'the connection ended');
    await bench.clock.advance(2 * intervalMs);
    assert.equal(bench.changed.length, 1);
    await bench.clock.advance(intervalMs);
    assert.equal(bench.changed.length, 2);
  });

  it('tell a mistake at once, each of its first three times, and another mistake at once', async () => {
    bench.fleets.ensure(key, named('orders'));
    bench.failure = new AwsError('QueueDoesNotExist', 'no such queue', { status: 400 });
    await bench.clock.advance(500 + 3.5 * intervalMs);
    assert.equal(bench.changed.length, 3);
    bench.failure = new AwsError('AccessDenied', 'no', { status: 403 });
    await bench.clock.advance(intervalMs);
    assert.equal(bench.changed.length, 4);
    bench.failure = undefined;
    await bench.clock.advance(intervalMs);
    assert.equal(bench.changed.length, 5);
  });

  it('look anew at once when a Courier names another queue, and keep nothing of the old one', async () => {
    bench.fleets.ensure(key, named('orders'));
    await bench.clock.advance(500);
    assert.equal(bench.fleets.sample(key)?.look.kind, 'Seen');
    const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/others';
    bench.fleets.ensure(key, {
      ...named('orders'),
      spec: { ...named('orders').spec, queue: { ...named('orders').spec.queue, url } },
    });
    assert.equal(bench.fleets.sample(key)?.look.kind, 'None');
    await bench.clock.advance(500);
    assert.equal(bench.looked.length, 2);
    assert.equal(bench.clock.pending, 1, 'the old timer is gone');
  });

  it('keep what they know when only bounds change', async () => {
    bench.fleets.ensure(key, named('orders'));
    await bench.clock.advance(500);
    const { spec, ...rest } = named('orders');
    bench.fleets.ensure(key, { ...rest, spec: { ...spec, scaling: { ...spec.scaling, maxReplicas: 3 } } });
    assert.equal(bench.fleets.sample(key)?.look.kind, 'Seen');
    bench.visible = 1e6;
    await bench.clock.advance(intervalMs);
    assert.equal(bench.fleets.sample(key)?.decision?.replicas, 3);
  });

  it('begin anew for a Courier that was made again under the same name', async () => {
    bench.fleets.ensure(key, named('orders', 'first'));
    await bench.clock.advance(500);
    bench.fleets.ensure(key, named('orders', 'second'));
    assert.equal(bench.fleets.sample(key)?.look.kind, 'None');
  });

  it('decide and tell nothing after a Courier was forgotten, not even what was under way', async () => {
    const gate = Promise.withResolvers<void>();
    bench.gate = gate.promise;
    bench.fleets.ensure(key, named('orders'));
    await bench.clock.advance(500);
    assert.equal(bench.looked.length, 1);
    bench.fleets.forget(key);
    gate.resolve();
    await bench.clock.advance(10 * intervalMs);
    assert.equal(bench.fleets.sample(key), undefined);
    assert.deepEqual(bench.changed, []);
    assert.equal(bench.looked.length, 1);
    assert.equal(bench.clock.pending, 0);
  });

  it('stop altogether when they are closed', async () => {
    for (const name of ['a', 'b', 'c']) bench.fleets.ensure(`shop/${name}`, named(name));
    await bench.clock.advance(500);
    bench.fleets.close();
    assert.equal(bench.clock.pending, 0);
  });

  it('never look twice at the same time, however long a look takes', async () => {
    const gate = Promise.withResolvers<void>();
    bench.gate = gate.promise;
    bench.fleets.ensure(key, named('orders'));
    await bench.clock.advance(10 * intervalMs);
    assert.equal(bench.looked.length, 1);
    gate.resolve();
    bench.gate = undefined;
    await bench.clock.advance(intervalMs);
    assert.equal(bench.looked.length, 2);
  });

  it('hurry to give who has come a share of a rate limit, and nobody else', async () => {
    const limited = liveCourier({ 'spec.recipient.rateLimit': { messages: 10 } });
    const pod: Pod = { metadata: { name: 'a' }, status: { phase: 'Running', podIP: '10.0.0.1' } };
    for (const [courier, rounds] of [
      [limited, 2],
      [named('orders'), 1],
    ] as const) {
      bench = new Bench();
      bench.fleets.ensure(key, courier);
      await bench.clock.advance(500);
      bench.pods = [pod];
      bench.fleets.ensure(key, courier);
      await bench.clock.advance(1_000);
      assert.equal(bench.looked.length, rounds);
      bench.fleets.ensure(key, courier);
      await bench.clock.advance(1_000);
      assert.equal(bench.looked.length, rounds, 'once');
    }
  });

  it('renew leases well before they run out, however seldom they look else', async () => {
    const slow = new Bench(60_000);
    slow.fleets.ensure(key, liveCourier({ 'spec.recipient.rateLimit': { messages: 10 } }));
    await slow.clock.advance(16_000);
    assert.equal(slow.looked.length, 4);
  });

  it('ask every worker that runs, by the token of its Courier', async () => {
    const pod = (name: string, phase: string, podIP?: string): Pod => ({
      metadata: { name },
      status: { phase, ...(podIP === undefined ? {} : { podIP }) },
    });
    bench.pods = [
      pod('a', 'Running', '10.0.0.1'),
      pod('b', 'Pending'),
      pod('c', 'Failed', '10.0.0.3'),
      pod('d', 'Running', 'fd00::4'),
    ];
    bench.fleets.ensure(key, named('orders', 'uid-1'));
    await bench.clock.advance(500);
    const token = exchangeToken(operatorKey, 'uid-1');
    assert.deepEqual(bench.exchanged, [
      { address: { host: '10.0.0.1', port: 8080 }, token },
      { address: { host: 'fd00::4', port: 8080 }, token },
    ]);
    assert.equal(bench.fleets.tokenSha256(named('orders', 'uid-1')), tokenSha256(token));
  });
});
