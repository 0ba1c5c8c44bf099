import { type Clock, sleep } from '../../api/clock.ts';
import { ConnectionCut, ServiceError } from './errors.ts';

/**
 * Which calls a fault strikes: those of an action whose input satisfies `when`; of these the `nth` only, or the first
 * `count`, or all until it is cleared.
 */
export type FaultScope = {
  readonly when?: (input: unknown) => boolean;
  /** Strikes one call, counted from 1. */
  readonly nth?: number;
  /** Strikes so many calls. */
  readonly count?: number;
};

type Effect =
  | { readonly kind: 'error'; readonly error: ServiceError }
  | { readonly kind: 'throttle' | 'cut' | 'commitThenCut' | 'hang' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'failEntries'; readonly fails: EntryPredicate; readonly code: string };

type EntryPredicate = (entry: unknown, index: number) => boolean;

type Fault = FaultScope & { readonly actions: readonly string[]; readonly effect: Effect; calls: number };

/** Says why an entry of a batch is to fail without having been tried, or undefined where it is not. */
export type EntryFault = (entry: unknown, index: number) => string | undefined;

/** A call that faults may strike. */
export type FaultyCall = {
  readonly action: string;
  readonly input: unknown;
  /** What this service answers when it throttles. */
  readonly throttled: () => ServiceError;
  readonly signal: AbortSignal | undefined;
};

/** The scripted faults of an embedded AWS. Faults that strike the same call add up, in the order they were scripted. */
export class Faults {
  readonly #clock: Clock;
  readonly #faults = new Set<Fault>();
  readonly #hanging = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Scripts a fault for calls of one or several actions, `ReceiveMessage`, `PutRecordBatch`, ... */
  on(action: string | readonly string[], scope: FaultScope = {}): FaultScript {
    const actions = typeof action === 'string' ? [action] : action;
    return new FaultScript((effect) => {
      const fault: Fault = { ...scope, actions, effect, calls: 0 };
      this.#faults.add(fault);
      return () => this.#faults.delete(fault);
    });
  }

  /** Forgets all faults; calls that hang are cut off. */
  clear(): void {
    this.#faults.clear();
    for (const cut of this.#hanging) cut();
  }

  /**
   * Does the `work` of a call, with the faults that strike it.
   * @throws ServiceError as scripted; ConnectionCut where the caller is to get no answer
   */
  async strike<T>(call: FaultyCall, work: (entryFault: EntryFault) => Promise<T>): Promise<T> {
    if (this.#faults.size === 0) return work(() => undefined);
    const effects = this.#effectsOn(call);
    for (const effect of effects) await this.#before(effect, call);
    const answer = await work((entry, index) => {
      const fault = effects.find((effect) => effect.kind === 'failEntries' && effect.fails(entry, index));
      return fault?.kind === 'failEntries' ? fault.code : undefined;
    });
    if (effects.some((effect) => effect.kind === 'commitThenCut')) throw new ConnectionCut();
    return answer;
  }

  #effectsOn(call: FaultyCall): readonly Effect[] {
    const effects: Effect[] = [];
    for (const fault of this.#faults) {
      if (!fault.actions.includes(call.action) || fault.when?.(call.input) === false) continue;
      fault.calls++;
      const last = fault.nth ?? fault.count ?? Number.POSITIVE_INFINITY;
      if (fault.calls >= last) this.#faults.delete(fault);
      if (fault.nth === undefined || fault.calls === fault.nth) effects.push(fault.effect);
    }
    return effects;
  }

  async #before(effect: Effect, { throttled, signal }: FaultyCall): Promise<void> {
    if (effect.kind === 'error') throw effect.error;
    if (effect.kind === 'throttle') throw throttled();
    if (effect.kind === 'cut') throw new ConnectionCut();
    if (effect.kind === 'delay') await sleep(this.#clock, effect.delayMs, signal);
    if (effect.kind === 'hang') await this.#hang(signal);
    signal?.throwIfAborted();
  }

  #hang(signal: AbortSignal | undefined): Promise<never> {
    return new Promise((_, reject) => {
      const cut = (): void => {
        this.#hanging.delete(cut);
        signal?.removeEventListener('abort', cut);
        reject(signal?.aborted ? signal.reason : new ConnectionCut());
      };
      this.#hanging.add(cut);
      if (signal?.aborted) cut();
      else signal?.addEventListener('abort', cut);
    });
  }
}

/** What is to happen to the calls that {@link Faults.on} selects. Each method returns a function that clears the fault. */
export class FaultScript {
  readonly #add: (effect: Effect) => () => void;

  constructor(add: (effect: Effect) => () => void) {
    this.#add = add;
  }

  /** The call fails as a whole, undone. */
  error(code: string, status: number, message = 'This fault was scripted.'): () => void {
    return this.#add({ kind: 'error', error: new ServiceError(code, message, status) });
  }

  /** The call is refused as the service does when there are too many. */
  throttle(): () => void {
    return this.#add({ kind: 'throttle' });
  }

  /** The call begins so much later. */
  delayMs(delayMs: number): () => void {
    return this.#add({ kind: 'delay', delayMs });
  }

  /** Entries of a batch fail, undone; the others are done. */
  failEntries(fails: EntryPredicate, code: string): () => void {
    return this.#add({ kind: 'failEntries', fails, code });
  }

  /** The connection breaks and nothing is done. */
  cut(): () => void {
    return this.#add({ kind: 'cut' });
  }

  /** Everything is done and then the connection breaks. */
  commitThenCut(): () => void {
    return this.#add({ kind: 'commitThenCut' });
  }

  /** No answer, and nothing is done, until the caller gives up or the faults are cleared. */
  hang(): () => void {
    return this.#add({ kind: 'hang' });
  }
}
