import type { Random } from '../api/random.ts';
import { ticksPerSecond } from './agenda.ts';
import { type Spell, within } from './scenario.ts';

/** How an attempt ends. `Rejected`: the message is to blame, not the recipient. */
export type Answer = 'Delivered' | 'Failed' | 'Throttled' | 'Rejected';

/** A refusal costs the recipient less than work does. */
const refusalSeconds = 0.1;

/** What the workers post to: takes its time, and has its troubles. */
export class Recipient {
  readonly #spells: readonly Spell[];
  readonly #random: Random;
  readonly #timeoutSeconds: number;
  #active: readonly Spell[] = [];
  #activeTick = -1;
  #tokens = 0;
  #tokenTick = 0;
  #inFlight = 0;
  /** How long the attempt that was begun last takes. */
  seconds = 0;

  constructor(spells: readonly Spell[], timeoutSeconds: number, random: Random) {
    this.#spells = spells;
    this.#timeoutSeconds = timeoutSeconds;
    this.#random = random;
  }

  /**
   * Begins an attempt at `tick`; {@link seconds} says how long it will take.
   * @param serviceSeconds what a healthy recipient would take.
   */
  begin(tick: number, serviceSeconds: number, poison: boolean): Answer {
    this.#inFlight++;
    this.seconds = serviceSeconds;
    const answer = this.#answer(tick);
    if (this.seconds <= this.#timeoutSeconds) return answer === 'Delivered' && poison ? 'Rejected' : answer;
    this.seconds = this.#timeoutSeconds;
    return 'Failed';
  }

  /** An attempt has ended, in whatever way. */
  end(): void {
    this.#inFlight--;
  }

  #answer(tick: number): Answer {
    let answer: Answer = 'Delivered';
    for (const spell of this.#activeAt(tick)) {
      const one = this.#apply(spell, tick);
      if (answer === 'Delivered') answer = one;
    }
    return answer;
  }

  #activeAt(tick: number): readonly Spell[] {
    if (this.#spells.length === 0 || this.#activeTick === tick) return this.#active;
    const seconds = tick / ticksPerSecond;
    this.#activeTick = tick;
    this.#active = this.#spells.filter((spell) => within([spell], seconds));
    return this.#active;
  }

  #apply(spell: Spell, tick: number): Answer {
    switch (spell.trouble) {
      case 'Down':
        this.seconds = spell.afterSeconds ?? refusalSeconds;
        return 'Failed';
      case 'Failing':
        return this.#random() < spell.share ? 'Failed' : 'Delivered';
      case 'Overloaded':
        return this.#random() < 1 - spell.concurrency / this.#inFlight ? 'Failed' : 'Delivered';
      case 'Throttling':
        return this.#takeToken(spell.perSecond, tick);
      case 'Saturating':
        this.seconds *= Math.max(1, this.#inFlight / spell.concurrency) ** spell.exponent;
        return 'Delivered';
      case 'Slower':
        this.seconds *= spell.factor;
        return 'Delivered';
    }
  }

  /** A bucket that holds the tokens of one second. */
  #takeToken(perSecond: number, tick: number): Answer {
    const refill = ((tick - this.#tokenTick) / ticksPerSecond) * perSecond;
    this.#tokens = Math.min(Math.max(1, perSecond), this.#tokens + refill);
    this.#tokenTick = tick;
    if (this.#tokens >= 1) {
      this.#tokens--;
      return 'Delivered';
    }
    this.seconds = refusalSeconds;
    return 'Throttled';
  }
}
