import type { Random } from '../../../api/random.ts';
import { ConcurrencyLimit } from '../../../worker/recipient-limits/concurrency-limit.ts';
import type { Signal } from '../../../worker/recipient-limits/signal.ts';
import { seeded } from '../virtual-worker.ts';

export type Answer = { readonly latencyMs: number; readonly signal?: Signal };
export type Behaviour = (open: number, random: Random) => Answer;

type Request = Required<Answer> & { readonly endsMs: number };

/** A recipient that is asked as much as the limit allows, in simulated time. */
export class SimulatedRecipient {
  readonly limit: ConcurrencyLimit;
  readonly #random = seeded(11);
  readonly #open: Request[] = [];
  #nowMs = 0;
  behaviour: Behaviour;
  accepted = 0;
  refused = 0;

  constructor(behaviour: Behaviour, max = 64, adaptive = true) {
    this.limit = new ConcurrencyLimit(max, adaptive);
    this.behaviour = behaviour;
  }

  /** Lets time pass, and returns the mean limit meanwhile and what was accepted a second. */
  run(seconds: number): { readonly meanLimit: number; readonly acceptedPerSecond: number; readonly least: number } {
    const endMs = this.#nowMs + seconds * 1000;
    const before = this.accepted;
    let limitMs = 0;
    let least = Number.POSITIVE_INFINITY;
    while (this.#nowMs < endMs) {
      this.#fill();
      const next = this.#takeNext();
      limitMs += this.limit.limit * (next.endsMs - this.#nowMs);
      least = Math.min(least, this.limit.limit);
      this.#nowMs = next.endsMs;
      if (next.signal === 'Well') this.accepted++;
      else this.refused++;
      this.limit.ended(next.signal, next.latencyMs, this.#open.length + 1);
    }
    const ranMs = this.#nowMs - (endMs - seconds * 1000);
    return { meanLimit: limitMs / ranMs, acceptedPerSecond: ((this.accepted - before) * 1000) / ranMs, least };
  }

  #fill(): void {
    while (this.#open.length < this.limit.limit) {
      const { latencyMs, signal = 'Well' } = this.behaviour(this.#open.length + 1, this.#random);
      this.#open.push({ latencyMs, signal, endsMs: this.#nowMs + latencyMs });
    }
  }

  #takeNext(): Request {
    let first = 0;
    for (const [index, request] of this.#open.entries()) {
      if (request.endsMs < (this.#open[first]?.endsMs ?? Number.POSITIVE_INFINITY)) first = index;
    }
    const [request] = this.#open.splice(first, 1);
    if (request === undefined) throw new Error('nothing is open');
    return request;
  }
}

/** About `ms`, as services answer: a fifth more or less. */
export function about(ms: number, random: Random): number {
  return ms * (0.8 + 0.4 * random());
}
