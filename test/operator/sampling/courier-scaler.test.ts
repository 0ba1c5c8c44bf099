import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExchangeOrder } from '../../../api/exchange.ts';
import { AwsError } from '../../../aws/errors.ts';
import type { QueueAttributes } from '../../../aws/queue-attributes.ts';
import { CourierScaler } from '../../../operator/sampling/courier-scaler.ts';
import { CredentialsSecretError } from '../../../operator/sampling/secret-credentials.ts';
import type { WorkerPod } from '../../../operator/sampling/worker-pods.ts';
import type { Memory } from '../../../operator/scaling/memory.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { workerStatus } from '../../support/worker-status.ts';
import { liveCourier } from '../courier/fixtures.ts';

const signal = new AbortController().signal;
const courier = liveCourier({ 'spec.scaling': { maxReplicas: 10, targetMessagesPerReplica: 100 } });
const subject = {
  resource: 'queue',
  name: courier.spec.queue.url,
  region: 'eu-west-1',
  endpoint: 'https://sqs',
} as const;

function attributes(visible: number, fields: Partial<QueueAttributes> = {}): QueueAttributes {
  return {
    ...{ arn: null, fifo: false, visibilityTimeoutSeconds: 30, messageRetentionSeconds: 60, maximumMessageBytes: 1 },
    counters: { visible, notVisible: 0, delayed: 0 },
    redrivePolicy: null,
    ...fields,
  };
}

function pod(name: string, fields: Partial<WorkerPod> = {}): WorkerPod {
  return {
    ...{ namespace: 'shop', name, id: name, address: { host: name, port: 8080 }, placed: true, ready: true },
    ...{ leaving: false, over: false, createdTimeMs: 0, readyTimeMs: 5_000, deletionCost: 0, ...fields },
  };
}

/** A scaler whose queue and workers are as a test says, in virtual time. */
class Bench {
  readonly clock = new VirtualClock();
  queue: () => Promise<QueueAttributes> = async () => attributes(0);
  looks = 0;
  /** What each worker answers; those without an answer do not. */
  readonly answers = new Map<string, ReturnType<typeof workerStatus>>();
  /** The last order of each worker. */
  readonly orders = new Map<string, ExchangeOrder>();
  readonly costs: ReadonlyMap<string, number>[] = [];
  readonly scaler = new CourierScaler({
    clock: this.clock,
    look: () => {
      this.looks++;
      return this.queue();
    },
    exchange: async ({ host }, order) => {
      const answer = this.answers.get(host);
      if (answer === undefined) throw new Error(`${host} does not answer`);
      this.orders.set(host, order);
      return answer;
    },
    writeCosts: async (_, costs) => {
      this.costs.push(costs);
    },
    intervalMs: 5_000,
  });

  async tick({ pods = [], live, of = courier }: { pods?: WorkerPod[]; live?: number; of?: typeof courier } = {}) {
    await this.clock.advance(5_000);
    return await this.scaler.tick(of, pods, live, signal);
  }
}

describe('a scaler of one Courier', () => {
  it('has seen and decided nothing before its first tick', () => {
    const nothing = {
      generation: undefined,
      look: { kind: 'None' },
      decision: undefined,
      draining: 0,
      ready: 0,
      reports: [],
    };
    assert.deepEqual(new Bench().scaler.sample, nothing);
  });

  it('tells what it saw, when, and after how many receives the queue gives up', async () => {
    const bench = new Bench();
    bench.queue = async () => attributes(250, { redrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: 'arn' } });
    const { look } = await bench.tick();
    assert.deepEqual(look, {
      ...{ kind: 'Seen', counters: { visible: 250, notVisible: 0, delayed: 0 }, maxReceiveCount: 5 },
      timeMs: bench.clock.now(),
    });
  });

  it('wakes a fleet of zero in one step', async () => {
    const bench = new Bench();
    bench.queue = async () => attributes(450);
    assert.equal((await bench.tick({ live: 0 })).decision?.replicas, 8);
    assert.equal((await bench.tick({ live: 8 })).decision?.replicas, 8);
  });

  it('begins with the replicas that there are: a new operator takes nothing away', async () => {
    const bench = new Bench();
    bench.queue = async () => attributes(10);
    const pods = ['a', 'b', 'c'].map((name) => pod(name));
    assert.equal((await bench.tick({ pods, live: 3 })).decision?.replicas, 3);
  });

  it('counts the failures in a row, and from one again after a success', async () => {
    const bench = new Bench();
    const failures = async () => {
      const { look } = await bench.tick();
      return look.kind === 'Failed' ? look.failures : look.kind;
    };
    const down = async () => {
      throw new AwsError('ServiceUnavailable', 'try again', { status: 503, subject });
    };
    bench.queue = down;
    assert.deepEqual([await failures(), await failures(), await failures()], [1, 2, 3]);
    bench.queue = async () => attributes(0);
    assert.equal(await failures(), 'Seen');
    bench.queue = down;
    assert.equal(await failures(), 1);
  });

  it('holds the number of workers while the queue cannot be read', async () => {
    const bench = new Bench();
    bench.queue = async () => attributes(450);
    await bench.tick({ live: 0 });
    bench.queue = async () => {
      throw new Error('down');
    };
    for (let ticks = 0; ticks < 5; ticks++) {
      assert.equal((await bench.tick({ live: 8 })).decision?.replicas, 8);
    }
  });

  for (const [what, error, kind] of [
    [
      'a Secret that is missing',
      new CredentialsSecretError('The Secret shop/aws does not exist. Create it.', false),
      'Misconfigured',
    ],
    [
      'a Secret that cannot be read now',
      new CredentialsSecretError('The Secret shop/aws could not be read: x.', true),
      'Transient',
    ],
  ] as const) {
    it(`takes ${what} for ${kind === 'Transient' ? 'what may pass' : 'a mistake'}, in its own words`, async () => {
      const bench = new Bench();
      bench.queue = async () => {
        throw error;
      };
      const { look } = await bench.tick();
      assert.ok(look.kind === 'Failed');
      assert.deepEqual(look.failure, { kind, sentence: error.message.slice(0, -1), code: 'Credentials' });
    });
  }

  it('takes counters that are missing for a failure that may pass, and names the queue', async () => {
    const bench = new Bench();
    bench.queue = async () => attributes(0, { counters: null });
    const { look } = await bench.tick();
    assert.ok(look.kind === 'Failed');
    assert.equal(look.failure.kind, 'Transient');
    assert.ok(look.failure.sentence.includes(courier.spec.queue.url));
  });

  it('leaves the queue of a suspended Courier alone, decides nothing, and still listens to its workers', async () => {
    const bench = new Bench();
    bench.queue = async () => attributes(450);
    await bench.tick({ live: 0 });
    const { looks } = bench;
    bench.answers.set('a', workerStatus());
    const suspended = liveCourier({ 'spec.suspend': true });
    const sample = await bench.tick({ of: suspended, pods: [pod('a', { leaving: true })], live: 0 });
    assert.equal(bench.looks, looks);
    assert.deepEqual(sample.look, { kind: 'None' });
    assert.equal(sample.decision, undefined);
    assert.deepEqual(sample.reports, [{ id: 'a', status: workerStatus(), leaving: true }]);
  });

  it('leaves out workers that do not answer', async () => {
    const bench = new Bench();
    bench.answers.set('b', workerStatus({ bootId: 'b' }));
    const { reports } = await bench.tick({ pods: [pod('a'), pod('b'), pod('c', { ready: false })], live: 3 });
    assert.deepEqual(
      reports.map(({ status }) => status.bootId),
      ['b'],
    );
  });

  it('counts what each start of a worker has done, once: neither a restart nor a new name counts twice', async () => {
    const bench = new Bench();
    bench.queue = async () => attributes(5_000);
    const startedTime = new Date(bench.clock.now() + 1_000).toISOString();
    const said = (bootId: string, delivered: number) =>
      workerStatus({
        bootId,
        startedTime,
        counters: { delivered, busySlotSeconds: delivered, deliveredSlotSeconds: delivered },
      });
    const delivered = async () => {
      const state = (await bench.tick({ pods: [pod('a')], live: 1 })).decision?.state;
      return (state as Memory | undefined)?.estimates.sums?.delivered;
    };
    bench.answers.set('a', said('first', 100));
    assert.equal(await delivered(), 100);
    bench.answers.set('a', said('first', 150));
    assert.equal(await delivered(), 150);
    // The container was started again: what it counts now comes on top.
    bench.answers.set('a', said('second', 30));
    assert.equal(await delivered(), 180);
    assert.equal(await delivered(), 180);
  });

  it('decides nothing more once it was told to stop', async () => {
    const bench = new Bench();
    const stop = new AbortController();
    bench.queue = async () => {
      stop.abort();
      return attributes(450);
    };
    await bench.scaler.tick(courier, [], 0, stop.signal);
    assert.equal(bench.scaler.sample.decision, undefined);
  });
});
