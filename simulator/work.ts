import type { Random } from '../api/random.ts';
import { adaptLimit } from './adaptive-limit.ts';
import { Agenda, toTicks } from './agenda.ts';
import { uniform } from './distributions.ts';
import type { Fleet } from './fleet.ts';
import type { Pod } from './pod.ts';
import type { Queue } from './queue.ts';
import { randomStream } from './random.ts';
import { type Answer, Recipient } from './recipient.ts';
import type { Scenario } from './scenario.ts';
import type { Tallies } from './tallies.ts';
import type { Traffic } from './traffic.ts';

/** A worker that met a 429 receives nothing for this long. */
const throttlePauseSeconds = 1;
const throttledReturnSeconds = [3, 7] as const;
const longestBackoffSeconds = 60;

export type WorkOptions = {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly traffic: Traffic;
  readonly queue: Queue;
  readonly fleet: Fleet;
  readonly tallies: Tallies;
};

/** What happens to messages: from the queue into a slot, to the recipient, and out or back. */
export class Work {
  readonly #options: WorkOptions;
  readonly #recipient: Recipient;
  readonly #choice: Random;
  readonly #delays: Random;
  readonly #ends: Agenda;
  readonly #returns: Agenda;
  /** By slot: the message in it (-1: none), since when, and how the attempt will end. */
  readonly #message: number[] = [];
  readonly #startTick: number[] = [];
  readonly #answer: Answer[] = [];
  /** By message: how often it was received. */
  readonly #receives: Uint16Array;
  /** Messages that are received and not settled: with workers, in back-off, or lost with a worker. */
  notVisible = 0;

  constructor(options: WorkOptions) {
    const { scenario, seed, traffic } = options;
    this.#options = options;
    const random = randomStream(seed, 'recipient');
    this.#recipient = new Recipient(scenario.recipient, scenario.workers.timeoutSeconds, random);
    this.#choice = randomStream(seed, 'slots');
    this.#delays = randomStream(seed, 'delays');
    this.#ends = new Agenda(traffic.ticks);
    this.#returns = new Agenda(traffic.ticks);
    this.#receives = new Uint16Array(traffic.messages);
  }

  /** Attempts that end at `tick`, and messages that become visible again. */
  finish(tick: number): void {
    for (const slot of this.#ends.take(tick)) this.#end(slot, tick);
    for (const message of this.#returns.take(tick)) this.#return(message);
  }

  /** Fills free slots as long as there are messages. */
  start(tick: number): void {
    const { queue, fleet } = this.#options;
    while (fleet.slots.free > 0 && queue.visible > 0) {
      const message = queue.take();
      if (message < 0) return;
      this.#begin(message, fleet.slots.pick(this.#choice), tick);
    }
  }

  /** A pod was killed: what it holds is visible again when its visibility timeout ends. */
  abandon(pod: Pod, tick: number): void {
    const { scenario, tallies } = this.#options;
    const { slots } = scenario.workers;
    const returnTick = tick + toTicks(scenario.queue.visibilityTimeoutSeconds);
    for (let slot = pod.id * slots; slot < (pod.id + 1) * slots; slot++) {
      const message = this.#message[slot] ?? -1;
      if (message < 0) continue;
      this.#message[slot] = -1;
      this.#recipient.end();
      this.#returns.add(returnTick, message);
      tallies.redelivered++;
    }
    pod.inFlight = 0;
    for (let message = pod.unaudited.shift(); message >= 0; message = pod.unaudited.shift()) {
      this.#returns.add(returnTick, message);
      tallies.redelivered++;
    }
  }

  /** The record of an accepted message is durable: the message is deleted. */
  settle(message: number): void {
    this.notVisible--;
    this.#options.tallies.settled++;
    this.#options.queue.settle(message);
  }

  #begin(message: number, slot: number, tick: number): void {
    const { fleet, traffic, scenario, tallies } = this.#options;
    const pod = fleet.podAt(fleet.slots.podOf(slot));
    fleet.slots.occupy(slot, pod);
    const nextTick = pod.spendToken(tick);
    if (nextTick !== undefined) fleet.update(pod, tick, nextTick);
    const service = scenario.workers.serviceSeconds * pod.slowness * (traffic.serviceFactor[message] ?? 1);
    this.#answer[slot] = this.#recipient.begin(tick, service, traffic.poison[message] === 1);
    this.#message[slot] = message;
    this.#startTick[slot] = tick;
    const receives = (this.#receives[message] ?? 0) + 1;
    this.#receives[message] = receives;
    this.notVisible++;
    tallies.onReceive(tick, tick - (traffic.sentTick[message] ?? 0), receives);
    this.#ends.add(tick + Math.max(1, toTicks(this.#recipient.seconds)), slot);
  }

  #end(slot: number, tick: number): void {
    const message = this.#message[slot] ?? -1;
    // The pod was killed.
    if (message < 0) return;
    this.#message[slot] = -1;
    this.#recipient.end();
    const { fleet, tallies } = this.#options;
    const pod = fleet.podAt(fleet.slots.podOf(slot));
    const answer = this.#answer[slot] ?? 'Failed';
    const startTick = this.#startTick[slot] ?? tick;
    tallies.onAttempt(answer, message, startTick, tick);
    fleet.slots.vacate(slot, pod);
    if (answer === 'Delivered') this.#accept(message, pod);
    else this.#refuse(message, answer, tick);
    fleet.update(pod, tick, this.#learn(pod, answer, tick));
  }

  #accept(message: number, pod: Pod): void {
    if (this.#options.scenario.audit === null) this.settle(message);
    else pod.unaudited.push(message);
  }

  /** The message is visible again after a while. */
  #refuse(message: number, answer: Answer, tick: number): void {
    const backoff = Math.min(longestBackoffSeconds, 2 ** (this.#receives[message] ?? 1));
    const seconds =
      answer === 'Throttled'
        ? uniform(this.#delays, ...throttledReturnSeconds)
        : backoff * uniform(this.#delays, 0.5, 1.5);
    this.#returns.add(tick + Math.max(1, toTicks(seconds)), message);
  }

  /** What a pod makes of an answer. @returns the tick at which it may receive again; undefined: nothing has changed. */
  #learn(pod: Pod, answer: Answer, tick: number): number | undefined {
    if (this.#options.scenario.workers.adaptiveLimit) adaptLimit(pod, answer, this.#options.scenario.workers.slots);
    if (answer === 'Delivered') pod.breaker.onSuccess();
    if (answer === 'Failed') return pod.breaker.onFailure(tick);
    if (answer !== 'Throttled') return undefined;
    pod.pausedUntilTick = tick + toTicks(throttlePauseSeconds);
    return pod.pausedUntilTick;
  }

  #return(message: number): void {
    const { scenario, tallies, queue } = this.#options;
    this.notVisible--;
    const { maxReceiveCount } = scenario.queue;
    if (maxReceiveCount === 0 || (this.#receives[message] ?? 0) < maxReceiveCount) {
      queue.putBack(message);
      return;
    }
    tallies.onDeadLetter(message);
    queue.settle(message);
  }
}
