import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { Controller, type ControllerOptions } from '../../../operator/kube/controller.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import { prometheusMetrics } from '../../../operator/kube/prometheus.ts';
import { type Reconcile, TerminalError } from '../../../operator/kube/reconcile.ts';
import { lowPriority, WorkQueue } from '../../../operator/kube/workqueue.ts';
import { RecordedLog } from '../../support/kube/virtual-cluster.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A controller whose reconcile is scripted. */
class Scripted {
  readonly clock = new VirtualClock();
  readonly registry = new Registry();
  readonly log = new RecordedLog();
  readonly queue: WorkQueue;
  readonly controller: Controller;
  readonly runs: { readonly key: string; readonly atMs: number }[] = [];
  readonly #end = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(reconcile: Reconcile, options: Partial<ControllerOptions> = {}) {
    const { clock, log } = this;
    const metrics = prometheusMetrics(this.registry);
    this.queue = new WorkQueue({ clock, metrics: (state) => metrics.queue('test', state) });
    this.controller = new Controller({
      name: 'test',
      queue: this.queue,
      clock,
      log,
      metrics: metrics.controller('test'),
      reconcile: (key, context, signal) => {
        this.runs.push({ key, atMs: clock.monotonic() });
        return reconcile(key, context, signal);
      },
      ...options,
    });
  }

  start(): this {
    this.#ended = this.controller.run(this.#end.signal);
    return this;
  }

  /** Tells the controller to end, without waiting for it. */
  stop(): void {
    this.#end.abort();
  }

  async end(): Promise<void> {
    this.stop();
    await this.clock.advance(0);
    await this.#ended;
  }

  times(key: string): number[] {
    return this.runs.filter((run) => run.key === key).map(({ atMs }) => atMs);
  }

  async metric(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    const metric = await this.registry.getSingleMetric(name)?.get();
    const wanted = { controller: 'test', ...labels };
    const fits = (found: Partial<Record<string, string | number>>) =>
      Object.entries(wanted).every(([label, value]) => found[label] === value);
    return metric?.values.find(({ labels: found }) => fits(found))?.value;
  }
}

describe('a controller', () => {
  it('runs a key once when all is well', async () => {
    const scripted = new Scripted(async () => ({})).start();
    scripted.queue.add('a');
    await scripted.clock.advance(3600_000);
    assert.deepEqual(scripted.times('a'), [0]);
    assert.equal(await scripted.metric('controller_runtime_reconcile_total', { result: 'success' }), 1);
    await scripted.end();
  });

  it('tries again after a failure, later each time, and from the start after a success', async () => {
    let failures = 3;
    const scripted = new Scripted(async () => {
      if (failures-- > 0) throw new Error('not yet');
      return {};
    }).start();
    scripted.queue.add('a');
    await scripted.clock.advance(1000);
    assert.deepEqual(scripted.times('a'), [0, 5, 15, 35]);
    assert.equal(scripted.queue.failures('a'), 0);
    assert.equal(await scripted.metric('controller_runtime_reconcile_errors_total'), 3);
    assert.equal(await scripted.metric('workqueue_retries_total', { name: 'test' }), 3);
    await scripted.end();
  });

  it('warns once of what fails again and again in the same way, and again when it fails in another or anew', async () => {
    const results = ['x', 'x', 'x', 'y', 'y', undefined, 'y'];
    const scripted = new Scripted(async () => {
      const message = results.shift();
      if (message !== undefined) throw new Error(message);
      return { requeueAfterMs: 1000 };
    }).start();
    scripted.queue.add('a');
    await scripted.clock.advance(10_000);
    const warned = scripted.log.lines.filter(({ level }) => level === 'warn');
    assert.deepEqual(
      warned.map(({ fields }) => [fields.error, fields.failures]),
      [
        ['x', 1],
        ['y', 4],
        ['y', 1],
      ],
    );
    assert.equal(scripted.log.messages('debug').length, 3);
    await scripted.end();
  });

  it('waits as long as the API server has asked for', async () => {
    const scripted = new Scripted(async () => {
      throw new KubeError({ operation: 'x', status: 429, reason: 'TooManyRequests', detail: 'x', retryAfterMs: 7000 });
    }).start();
    scripted.queue.add('a');
    await scripted.clock.advance(7000);
    assert.deepEqual(scripted.times('a'), [0, 7000]);
    await scripted.end();
  });

  it('does not try again what has failed for good', async () => {
    const scripted = new Scripted(async () => {
      throw new TerminalError('never');
    }).start();
    scripted.queue.add('a');
    await scripted.clock.advance(3600_000);
    assert.deepEqual(scripted.times('a'), [0]);
    assert.equal(await scripted.metric('controller_runtime_terminal_reconcile_errors_total'), 1);
    assert.equal(await scripted.metric('controller_runtime_reconcile_errors_total'), 1);
    await scripted.end();
  });

  it('runs again when asked to, without a back-off', async () => {
    const scripted = new Scripted(async () => ({ requeueAfterMs: 10_000 })).start();
    scripted.queue.add('a');
    await scripted.clock.advance(30_000);
    assert.deepEqual(scripted.times('a'), [0, 10_000, 20_000, 30_000]);
    assert.equal(await scripted.metric('controller_runtime_reconcile_total', { result: 'requeue_after' }), 4);
    await scripted.end();
  });

  it('ends the back-off of a key that asks to run again', async () => {
    const results = ['fail', 'fail', 'later', 'fail', 'fail', 'done'];
    const scripted = new Scripted(async () => {
      const result = results.shift();
      if (result === 'fail') throw new Error('not yet');
      return result === 'later' ? { requeueAfterMs: 1000 } : {};
    }).start();
    scripted.queue.add('a');
    await scripted.clock.advance(10_000);
    assert.deepEqual(scripted.times('a'), [0, 5, 15, 1015, 1020, 1030]);
    await scripted.end();
  });

  it('runs again with a back-off when something is not ready, and counts no error', async () => {
    const scripted = new Scripted(async () => ({ requeue: true })).start();
    scripted.queue.add('a');
    await scripted.clock.advance(35);
    assert.deepEqual(scripted.times('a'), [0, 5, 15, 35]);
    assert.equal(await scripted.metric('controller_runtime_reconcile_total', { result: 'requeue' }), 4);
    assert.equal(await scripted.metric('controller_runtime_reconcile_errors_total'), 0);
    await scripted.end();
  });

  for (const thrown of [new TypeError('x is undefined'), 'a string', undefined]) {
    it(`counts a defect as a panic and goes on: ${thrown}`, async () => {
      const scripted = new Scripted(async (key) => {
        if (key === 'bad') throw thrown;
        return {};
      }).start();
      scripted.queue.add('bad');
      scripted.queue.add('good');
      await scripted.clock.advance(0);
      assert.equal(await scripted.metric('controller_runtime_reconcile_panics_total'), 1);
      assert.deepEqual(scripted.times('good'), [0]);
      assert.equal(scripted.log.messages('error').length, 1);
      await scripted.end();
    });
  }

  it('keeps the priority of a key that runs again', async () => {
    const priorities: number[] = [];
    const scripted = new Scripted(async (_, { priority }) => {
      priorities.push(priority);
      return { requeueAfterMs: 100 };
    }).start();
    scripted.queue.add('a', { priority: lowPriority });
    await scripted.clock.advance(100);
    assert.deepEqual(priorities, [lowPriority, lowPriority]);
    await scripted.end();
  });

  it('runs as many keys at the same time as it has slots, and each key only once at a time', async () => {
    const running = new Set<string>();
    let most = 0;
    const scripted: Scripted = new Scripted(
      async (key) => {
        assert.ok(!running.has(key));
        running.add(key);
        most = Math.max(most, running.size);
        await new Promise<void>((resolve) => scripted.clock.setTimeout(resolve, 100));
        running.delete(key);
        return {};
      },
      { concurrency: 3 },
    ).start();
    for (const key of ['a', 'b', 'c', 'd', 'e']) scripted.queue.add(key);
    await scripted.clock.advance(50);
    scripted.queue.add('a');
    assert.equal(await scripted.metric('controller_runtime_active_workers'), 3);
    await scripted.clock.advance(1000);
    assert.equal(most, 3);
    assert.deepEqual(scripted.times('a').length, 2);
    assert.equal(await scripted.metric('controller_runtime_max_concurrent_reconciles'), 3);
    await scripted.end();
  });

  it('ends a reconcile at its deadline, and says which goes on all the same', async () => {
    const scripted = new Scripted((key, _, signal) => {
      if (key === 'deaf') return new Promise(() => {});
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }).start();
    scripted.queue.add('deaf');
    scripted.queue.add('obedient');
    await scripted.clock.advance(60_000);
    assert.equal(await scripted.metric('controller_runtime_reconcile_timeouts_total'), 1);
    await scripted.clock.advance(1);
    assert.deepEqual(scripted.controller.overdue(), ['deaf']);
    assert.ok(((await scripted.metric('workqueue_longest_running_processor_seconds', { name: 'test' })) ?? 0) > 60);
  });

  it('gives every run an id that its log lines carry', async () => {
    const scripted = new Scripted(async (_, { log, reconcileId }) => {
      log.info({ reconcileIdOfRun: reconcileId }, 'ran');
      return {};
    }).start();
    scripted.queue.add('a');
    await scripted.clock.advance(0);
    const [line] = scripted.log.lines;
    assert.equal(line?.fields.reconcileId, line?.fields.reconcileIdOfRun);
    assert.deepEqual([line?.fields.controller, line?.fields.key], ['test', 'a']);
    await scripted.end();
  });

  it('lets what runs end before it ends, and starts nothing more', async () => {
    const scripted: Scripted = new Scripted(
      async () => {
        await new Promise<void>((resolve) => scripted.clock.setTimeout(resolve, 5000));
        return {};
      },
      { concurrency: 1 },
    ).start();
    scripted.queue.add('running');
    scripted.queue.add('waiting');
    await scripted.clock.advance(1000);
    let ended = false;
    scripted.stop();
    void scripted.end().then(() => {
      ended = true;
    });
    await scripted.clock.advance(3999);
    assert.equal(ended, false);
    await scripted.clock.advance(1);
    assert.equal(ended, true);
    assert.deepEqual(scripted.times('waiting'), []);
    assert.equal(scripted.clock.pending, 0);
  });

  it('aborts what outlasts the grace period', async () => {
    const scripted = new Scripted(
      (_, __, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { graceMs: 2000 },
    ).start();
    scripted.queue.add('a');
    await scripted.clock.advance(0);
    scripted.stop();
    await scripted.clock.advance(2000);
    await scripted.end();
  });
});
