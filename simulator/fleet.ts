import type { Random } from '../api/random.ts';
import { Agenda, ticksPerSecond, toTicks } from './agenda.ts';
import { normal, uniform } from './distributions.ts';
import { Pod } from './pod.ts';
import { randomStream } from './random.ts';
import type { Scenario } from './scenario.ts';
import { Slots } from './slots.ts';

/** Standard deviation of the logarithm of a pod's speed. */
const speedDeviation = 0.12;
/** Pods whose start-up times are averaged. */
const startupsRemembered = 20;

/** The pods of a Deployment: created, ready, leaving, gone. */
export class Fleet {
  readonly slots: Slots;
  readonly #scenario: Scenario;
  readonly #draw: Random;
  readonly #starts: Agenda;
  readonly #wakes: Agenda;
  readonly #deadlines: Agenda;
  readonly #abandon: (pod: Pod, tick: number) => void;
  readonly #startups: number[] = [];
  /** Every pod that ever was; its index is its id. */
  readonly #pods: Pod[] = [];
  /** Those that are not gone, leaving ones included. */
  living: Pod[] = [];
  desired = 0;

  /** @param abandon says what becomes of the messages of a pod that is killed. */
  constructor(scenario: Scenario, seed: number, ticks: number, abandon: (pod: Pod, tick: number) => void) {
    this.#scenario = scenario;
    this.slots = new Slots(scenario.workers.slots, scenario.audit?.bufferMessages ?? Number.POSITIVE_INFINITY);
    this.#draw = randomStream(seed, 'pods');
    this.#starts = new Agenda(ticks);
    this.#wakes = new Agenda(ticks);
    this.#deadlines = new Agenda(ticks);
    this.#abandon = abandon;
  }

  get ready(): readonly Pod[] {
    return this.living.filter(({ phase }) => phase === 'ready');
  }

  /** The three numbers that an autoscaler is told. */
  get replicas(): { readonly desired: number; readonly ready: number; readonly starting: number } {
    const count = (phase: Pod['phase']) => this.living.reduce((sum, pod) => sum + (pod.phase === phase ? 1 : 0), 0);
    return { desired: this.desired, ready: count('ready'), starting: count('starting') };
  }

  /** Mean of the last pods' start-up times; null before the first is ready. */
  get startupSeconds(): number | null {
    if (this.#startups.length === 0) return null;
    return this.#startups.reduce((sum, seconds) => sum + seconds, 0) / this.#startups.length;
  }

  /** Mean of the limits of the ready pods; all slots where there is none. */
  get slotsPerReplica(): number {
    const { ready } = this;
    if (ready.length === 0) return this.slots.perPod;
    return ready.reduce((sum, { limit }) => sum + Math.floor(limit), 0) / ready.length;
  }

  /** Pods that become ready, that may receive again, and whose grace is over. */
  advance(tick: number): void {
    for (const id of this.#starts.take(tick)) this.#becomeReady(this.podAt(id), tick);
    for (const id of this.#wakes.take(tick)) {
      const pod = this.podAt(id);
      pod.breaker.onTime(tick);
      this.slots.offer(pod, tick);
    }
    for (const id of this.#deadlines.take(tick)) {
      const pod = this.podAt(id);
      if (pod.phase !== 'leaving' || pod.deadlineTick !== tick) continue;
      this.#abandon(pod, tick);
      this.#remove(pod);
    }
  }

  /** Starts or stops pods until `replicas` stay. @param drains as an autoscaler says. */
  scale(replicas: number, drains: boolean, tick: number): void {
    this.desired = replicas;
    const staying = this.living.filter(({ phase }) => phase === 'ready' || phase === 'starting');
    for (let missing = replicas - staying.length; missing > 0; missing--) {
      const leaving = drains ? this.living.find(({ phase }) => phase === 'leaving') : undefined;
      if (leaving === undefined) this.#create(tick);
      else this.#stay(leaving, tick);
    }
    staying.sort((a, b) => leavingOrder(a, b, drains));
    for (const pod of staying.slice(0, Math.max(0, staying.length - replicas))) this.#leave(pod, tick, drains);
  }

  podAt(id: number): Pod {
    const pod = this.#pods[id];
    if (pod === undefined) throw new Error(`there is no pod ${id}`);
    return pod;
  }

  /** Something has changed for a pod: it receives as much as it may now, at `wakeTick` it is asked again, or it ends. */
  update(pod: Pod, tick: number, wakeTick?: number): void {
    if (wakeTick !== undefined) this.#wakes.add(Math.max(tick + 1, wakeTick), pod.id);
    this.slots.offer(pod, tick);
    if (pod.phase === 'leaving' && pod.held === 0) this.#remove(pod);
  }

  #create(tick: number): void {
    const { startupSeconds, neverReadyShare, slots } = this.#scenario.workers;
    const limits = { slots, share: this.#scenario.scaling.rateLimitPerSecond === null ? Number.POSITIVE_INFINITY : 0 };
    const slowness = Math.exp(speedDeviation * normal(this.#draw));
    const pod = new Pod(this.#pods.length, tick, slowness, limits);
    const startTicks = Math.max(1, toTicks(uniform(this.#draw, ...startupSeconds)));
    if (this.#draw() >= neverReadyShare) this.#starts.add(tick + startTicks, pod.id);
    this.#pods.push(pod);
    this.living.push(pod);
  }

  #becomeReady(pod: Pod, tick: number): void {
    if (pod.phase !== 'starting') return;
    pod.phase = 'ready';
    pod.readyTick = tick;
    this.#startups.push((tick - pod.createdTick) / ticksPerSecond);
    if (this.#startups.length > startupsRemembered) this.#startups.shift();
    this.slots.offer(pod, tick);
  }

  #leave(pod: Pod, tick: number, drains: boolean): void {
    const { workers, scaling } = this.#scenario;
    const started = pod.phase === 'ready';
    pod.phase = 'leaving';
    pod.deadlineTick = tick + toTicks((drains ? scaling.drainTimeoutSeconds : 0) + workers.graceSeconds);
    if (started) this.#deadlines.add(pod.deadlineTick, pod.id);
    this.update(pod, tick);
  }

  /** A drain is called off. */
  #stay(pod: Pod, tick: number): void {
    pod.phase = 'ready';
    this.update(pod, tick);
  }

  #remove(pod: Pod): void {
    pod.phase = 'gone';
    this.living = this.living.filter((other) => other !== pod);
  }
}

/**
 * Who leaves first: those that are not ready, the newest first; then the least busy of a fleet that drains, where the
 * operator says so by deletion costs, else the newest, as a ReplicaSet chooses.
 */
function leavingOrder(a: Pod, b: Pod, drains: boolean): number {
  if (a.phase !== b.phase) return a.phase === 'starting' ? -1 : 1;
  return (drains && a.phase === 'ready' ? a.held - b.held : 0) || b.id - a.id;
}
