import { decide } from '../../../operator/scaling/decide.ts';
import type { Decision, Observation, Policy, State } from '../../../operator/scaling/types.ts';

/** What a fleet meets for a while. Rates are per second. */
export type Weather = {
  readonly arriving?: number;
  /** What a busy replica delivers when nothing slows it. */
  readonly ratePerReplica?: number;
  /** Share of attempts that fail. */
  readonly failing?: number;
  readonly breakersOpen?: number;
  /** Most that the recipient accepts: it answers 429 beyond. */
  readonly acceptsAtMost?: number;
  /** Most that the recipient delivers: it slows down beyond. */
  readonly saturatesAt?: number;
  /** Most that the audit records: replicas wait beyond. */
  readonly auditsAtMost?: number;
  /** Share of the slots that the source fills although messages wait. */
  readonly handsOut?: number;
  readonly receiveAgeSeconds?: number;
  readonly queue?: 'Seen' | 'Failed';
  readonly workers?: 'Heard' | 'Silent';
};

const intervalSeconds = 5;
const startupSeconds = 15;

/** A fleet without noise, of whole replicas and fractions of messages, that does what `decide` says. */
export class FluidFleet {
  readonly policy: Policy;
  /** Every number that was decided. */
  readonly sizes: number[] = [];
  visible = 0;
  #weather: Required<Omit<Weather, 'saturatesAt'>> & Weather;
  #state: State | null = null;
  #seconds = 1000;
  #ready: number;
  #starting: number[] = [];
  #sums = {
    delivered: 0,
    failed: 0,
    throttled: 0,
    busySlotSeconds: 0,
    deliveredSlotSeconds: 0,
    auditBlockedSeconds: 0,
  };
  #inFlight = 0;

  constructor(policy: Policy, replicas = 0) {
    this.policy = policy;
    this.#ready = replicas;
    this.#weather = {
      ...{ arriving: 0, ratePerReplica: 10, failing: 0, breakersOpen: 0, receiveAgeSeconds: 0 },
      ...{ acceptsAtMost: 1e9, saturatesAt: 1e9, auditsAtMost: 1e9, handsOut: 1, queue: 'Seen', workers: 'Heard' },
    };
  }

  /** Forgets what was decided, as an operator does that has restarted. */
  forget(): void {
    this.#state = null;
  }

  /** `seconds` in this weather, which stays until it changes. @returns the last decision. */
  live(seconds: number, weather: Weather = {}): Decision {
    this.#weather = { ...this.#weather, ...weather };
    let decision = this.#look();
    for (let passed = intervalSeconds; passed < seconds; passed += intervalSeconds) decision = this.#look();
    return decision;
  }

  #look(): Decision {
    this.#seconds += intervalSeconds;
    this.#ready += this.#starting.filter((at) => at <= this.#seconds).length;
    this.#starting = this.#starting.filter((at) => at > this.#seconds);
    this.#deliver();
    const decision = decide(this.#state, this.#observe(), this.policy);
    this.#state = JSON.parse(JSON.stringify(decision.state));
    this.sizes.push(decision.replicas);
    this.#resize(decision.replicas);
    return decision;
  }

  #deliver(): void {
    const { arriving, ratePerReplica, failing, breakersOpen, handsOut, ...limits } = this.#weather;
    const waiting = this.visible + arriving * intervalSeconds;
    const usable = this.#ready * (1 - breakersOpen) * handsOut;
    const possible = usable * ratePerReplica * intervalSeconds;
    const offered = Math.min(waiting, possible);
    const { acceptsAtMost, auditsAtMost, saturatesAt = 1e9 } = limits;
    const allowed = Math.min(acceptsAtMost, auditsAtMost, saturatesAt) * intervalSeconds;
    const delivered = Math.min(offered * (1 - failing), allowed);
    const slots = this.policy.slotsPerReplica;
    const isSlowed = delivered === saturatesAt * intervalSeconds;
    const deliveredSlotSeconds = isSlowed ? usable * slots * intervalSeconds : (delivered * slots) / ratePerReplica;
    const failed = offered * failing;
    const throttled = offered > acceptsAtMost * intervalSeconds ? offered - delivered : 0;
    const isBlocked = offered > auditsAtMost * intervalSeconds;
    this.visible = waiting - delivered;
    this.#sums = {
      delivered: this.#sums.delivered + delivered,
      failed: this.#sums.failed + failed,
      throttled: this.#sums.throttled + throttled,
      busySlotSeconds: this.#sums.busySlotSeconds + deliveredSlotSeconds + (failed * slots) / ratePerReplica,
      deliveredSlotSeconds: this.#sums.deliveredSlotSeconds + deliveredSlotSeconds,
      auditBlockedSeconds: this.#sums.auditBlockedSeconds + (isBlocked ? 0.5 * this.#ready * intervalSeconds : 0),
    };
    const busyShare = isSlowed ? 1 : possible > 0 ? Math.min(1, offered / possible) : 0;
    this.#inFlight = Math.round(usable * slots * busyShare);
  }

  #observe(): Observation {
    const { queue, workers, breakersOpen, receiveAgeSeconds } = this.#weather;
    const desired = this.#ready + this.#starting.length;
    const now = { inFlight: this.#inFlight, busyReplicas: Math.min(this.#ready, this.#inFlight) };
    return {
      timeSeconds: this.#seconds,
      replicas: { desired, ready: this.#ready, starting: this.#starting.length },
      queue: queue === 'Seen' ? { visible: Math.round(this.visible), notVisible: this.#inFlight, delayed: 0 } : null,
      workers: workers === 'Heard' ? { ...this.#sums, ...now, breakersOpen, receiveAgeSeconds } : null,
      startupSeconds,
    };
  }

  #resize(replicas: number): void {
    while (this.#ready + this.#starting.length > replicas && this.#starting.length > 0) this.#starting.pop();
    this.#ready = Math.min(this.#ready, replicas);
    while (this.#ready + this.#starting.length < replicas) this.#starting.push(this.#seconds + startupSeconds);
  }
}
