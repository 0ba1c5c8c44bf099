import { ticksPerSecond, toTicks } from './agenda.ts';
import { AuditSink } from './audit.ts';
import type { Autoscaler, View } from './autoscaler.ts';
import { Counters } from './counters.ts';
import { Fleet } from './fleet.ts';
import { distributeShares, leaseSeconds } from './leases.ts';
import { OrderLog, type TimedOrder } from './order-log.ts';
import { FifoQueue, type Queue, StandardQueue } from './queue.ts';
import { randomStream } from './random.ts';
import { type Scenario, within } from './scenario.ts';
import { Tallies } from './tallies.ts';
import type { Traffic } from './traffic.ts';
import { Work } from './work.ts';
import { reportOf } from './worker-report.ts';

/** What is left of a run. */
export type Run = {
  readonly scenario: Scenario;
  readonly traffic: Traffic;
  readonly tallies: Tallies;
  /** By tick: messages in the queue, and pods. */
  readonly visible: Int32Array;
  readonly notVisible: Int32Array;
  readonly living: Int32Array;
  readonly ready: Int32Array;
  readonly orders: readonly TimedOrder[];
};

/** Runs a scenario under an autoscaler. The same scenario, seed and autoscaler make the same run. */
export function simulate(scenario: Scenario, traffic: Traffic, seed: number, autoscaler: Autoscaler): Run {
  const simulation = new Simulation(scenario, traffic, seed, autoscaler);
  for (let tick = 0; tick < traffic.ticks; tick++) simulation.step(tick);
  return simulation.end();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #traffic: Traffic;
  readonly #autoscaler: Autoscaler;
  readonly #queue: Queue;
  readonly #fleet: Fleet;
  readonly #tallies: Tallies;
  readonly #work: Work;
  readonly #counters: Counters;
  readonly #audit: AuditSink | null;
  readonly #settle: (message: number) => void;
  readonly #living: Int32Array;
  readonly #ready: Int32Array;
  readonly #log = new OrderLog();

  constructor(scenario: Scenario, traffic: Traffic, seed: number, autoscaler: Autoscaler) {
    const { queue, audit } = scenario;
    this.#scenario = scenario;
    this.#traffic = traffic;
    this.#autoscaler = autoscaler;
    this.#queue = queue.fifoGroups === 0 ? new StandardQueue() : new FifoQueue(traffic.group, queue.fifoGroups);
    this.#tallies = new Tallies(traffic);
    this.#fleet = new Fleet(scenario, seed, traffic.ticks, (pod, tick) => this.#work.abandon(pod, tick));
    const parts = { queue: this.#queue, fleet: this.#fleet, tallies: this.#tallies };
    this.#work = new Work({ scenario, seed, traffic, ...parts });
    this.#counters = new Counters(queue, traffic.ticks, randomStream(seed, 'counters'));
    this.#audit = audit === null ? null : new AuditSink(audit);
    this.#settle = (message) => this.#work.settle(message);
    this.#living = new Int32Array(traffic.ticks);
    this.#ready = new Int32Array(traffic.ticks);
    this.#fleet.scale(autoscaler.firstReplicas, autoscaler.drains, 0);
  }

  step(tick: number): void {
    this.#fleet.advance(tick);
    this.#work.finish(tick);
    this.#audit?.advance(tick, this.#fleet, this.#tallies, this.#settle);
    const { firstOfTick } = this.#traffic;
    const next = firstOfTick[tick + 1] ?? 0;
    for (let message = firstOfTick[tick] ?? 0; message < next; message++) this.#queue.put(message);
    const limit = this.#scenario.scaling.rateLimitPerSecond;
    if (limit !== null && tick % toTicks(leaseSeconds) === 0) distributeShares(this.#fleet, limit, tick);
    this.#work.start(tick);
    this.#counters.record(tick, this.#queue.visible, this.#work.notVisible);
    if (tick / ticksPerSecond >= this.#autoscaler.nextSeconds) this.#ask(tick);
    this.#count(tick);
  }

  end(): Run {
    const { visible, notVisible } = this.#counters;
    return {
      ...{ scenario: this.#scenario, traffic: this.#traffic, tallies: this.#tallies, visible, notVisible },
      ...{ living: this.#living, ready: this.#ready, orders: this.#log.orders },
    };
  }

  #ask(tick: number): void {
    const order = this.#autoscaler.act(this.#view(tick));
    if (order === null) return;
    this.#log.add(order, tick / ticksPerSecond);
    if (order.replicas !== this.#fleet.desired) this.#fleet.scale(order.replicas, this.#autoscaler.drains, tick);
  }

  #view(tick: number): View {
    const fleet = this.#fleet;
    const nowSeconds = tick / ticksPerSecond;
    const { silentWorkers } = this.#scenario.operator;
    return {
      nowSeconds,
      replicas: fleet.replicas,
      startupSeconds: fleet.startupSeconds,
      slotsPerReplica: fleet.slotsPerReplica,
      readQueue: () => this.#counters.read(tick),
      readWorkers: () => (within(silentWorkers, nowSeconds) ? null : reportOf(fleet, this.#tallies, tick)),
    };
  }

  #count(tick: number): void {
    const { living } = this.#fleet;
    let ready = 0;
    for (const pod of living) if (pod.phase === 'ready') ready++;
    this.#living[tick] = living.length;
    this.#ready[tick] = ready;
    this.#tallies.replicaTicks += living.length;
  }
}
