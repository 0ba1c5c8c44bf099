import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rate } from '../../api/rate-limit.ts';
import { checkProperty } from '../support/properties.ts';
import { Allowance } from './scenarios/allowance.ts';
import { seeded, VirtualWorker } from './virtual-worker.ts';

type Scenario = {
  readonly seed: number;
  readonly fifo: boolean;
  readonly messages: number;
  readonly slots: number;
  readonly latencyMs: number;
  /** The chance of an answer of 503 while the recipient is up. */
  readonly failures: number;
  /** What follows what: for so many seconds the recipient is up or down, under a share of a rate limit or none. */
  readonly phases: readonly { readonly seconds: number; readonly down: boolean; readonly share: Rate | null }[];
};

const share: fc.Arbitrary<Rate> = fc.record({
  messagesPerSecond: fc.constantFrom(0, 0.5, 3, 20, 100),
  burst: fc.constantFrom(1, 5, 40),
});
const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer(),
  fifo: fc.boolean(),
  messages: fc.integer({ min: 1, max: 150 }),
  slots: fc.integer({ min: 1, max: 64 }),
  latencyMs: fc.constantFrom(5, 100, 2_000),
  failures: fc.constantFrom(0, 0, 0.2),
  phases: fc.array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 90 }),
      down: fc.boolean(),
      share: fc.option(share, { freq: 3 }),
    }),
    { maxLength: 5 },
  ),
});

/** The recipient is down for a second; then a share lets tokens come that fall due between two milliseconds. */
const tokensBetweenMilliseconds: Scenario = {
  ...{ seed: 0, fifo: false, messages: 31, slots: 4, latencyMs: 5, failures: 0 },
  phases: [
    { seconds: 1, down: true, share: null },
    { seconds: 15, down: false, share: { messagesPerSecond: 3, burst: 5 } },
  ],
};
const fallback: Rate = { messagesPerSecond: 1, burst: 1 };
const ttlSeconds = 300;

/** Has the worker's recipient be what the scenario says, and notes what it is sent and what it may be. */
class Watch {
  readonly posts: number[] = [];
  readonly allowance = new Allowance();
  mostProbes = 0;
  #probes = 0;
  #down = false;
  readonly #worker: VirtualWorker;

  constructor(worker: VirtualWorker, { seed, latencyMs, failures }: Scenario) {
    this.#worker = worker;
    this.allowance.lift(0);
    const dice = seeded(seed);
    worker.recipient.answer = () => {
      this.posts.push(worker.clock.monotonic());
      if (worker.pipeline.breaker.state === 'Open') this.#noteProbe(latencyMs);
      return { latencyMs, status: this.#down || dice() < failures ? 503 : 200 };
    };
  }

  enter({ down, share }: Pick<Scenario['phases'][number], 'down' | 'share'>): void {
    this.#down = down;
    const nowMs = this.#worker.clock.monotonic();
    if (share === null) this.allowance.lift(nowMs);
    else this.allowance.grant(share, ttlSeconds, fallback, nowMs);
    this.#worker.pipeline.grant(share && { id: 'phase', ...share, ttlSeconds, fallback });
  }

  #noteProbe(latencyMs: number): void {
    this.mostProbes = Math.max(this.mostProbes, ++this.#probes);
    this.#worker.clock.setTimeout(() => this.#probes--, latencyMs);
  }
}

describe('the limits, whatever is handed down and however the recipient fares', () => {
  it('hold in every window, let one message at a time through an open breaker, and lose none', async () => {
    await checkProperty(
      fc.asyncProperty(scenario, async (drawn) => {
        const worker = new VirtualWorker({
          random: seeded(drawn.seed),
          hasOperator: true,
          recipient: { concurrency: { maxPerReplica: drawn.slots } },
          ...(drawn.fifo ? { queueName: 'orders.fifo', queueAttributes: { FifoQueue: 'true' } } : {}),
        });
        const watch = new Watch(worker, drawn);
        await worker.send(drawn.messages, drawn.fifo ? { groups: 3 } : {});
        worker.pipeline.start();
        for (const phase of drawn.phases) {
          watch.enter(phase);
          await worker.clock.advance(phase.seconds * 1000);
          const { limit, max } = worker.pipeline.concurrency;
          assert.ok(limit >= 1 && limit <= max);
          assert.equal(worker.pipeline.liveness.alive, true);
        }
        watch.enter({ down: false, share: null });
        await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted >= drawn.messages, 6 * 3600_000);
        assert.ok(watch.mostProbes <= 1, `${watch.mostProbes} probes at a time`);
        assert.ok(worker.recipient.mostOpen <= drawn.slots);
        assert.equal(watch.allowance.exceeded(watch.posts), undefined);
        assert.equal(new Set(worker.recipient.accepted.map(({ id }) => id)).size, drawn.messages);
        assert.deepEqual(worker.deletedUnaudited, []);
      }),
      { numRuns: 100, examples: [[tokensBetweenMilliseconds]] },
    );
  });
});
