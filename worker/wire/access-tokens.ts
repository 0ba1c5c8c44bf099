import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import { backoffMs } from '../backoff.ts';
import type { WorkerLog } from '../log.ts';
import type { AccessToken } from './token-endpoint.ts';

/** A token is replaced when a fifth of its life is left, and a minute before its end at the latest where it lives longer. */
const refreshShare = 0.2;
const refreshAtMostMs = 60_000;
/** The endpoint is asked again soon, and seldom while it refuses. */
const retryBackoff = { initialMs: 500, maxMs: 30_000 };
/** A recipient that refuses a token which is younger than this refuses for another reason. */
const youngMs = 30_000;

export type AccessTokensOptions = {
  /** Asks for a token. @throws Error with a sentence. */
  readonly request: (signal: AbortSignal) => Promise<AccessToken>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
};

/** Told the token, or in a sentence why there is none. */
export type TokenListener = (token: string | undefined, failure: string) => void;

type Held = {
  readonly value: string;
  readonly takenMs: number;
  readonly refreshMs: number;
  readonly expiresMs: number;
};

/**
 * The OAuth2 token that requests carry. One is asked for when the first request needs it, and again before it expires, by one
 * call at a time, while requests go on with the one that is there.
 */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #closed = new AbortController();
  #held: Held | undefined;
  #asking = false;
  #failures = 0;
  #failure = '';
  /** Before this moment the endpoint is not asked again. */
  #retryMs = 0;
  #listeners: TokenListener[] = [];

  constructor(options: AccessTokensOptions) {
    this.#options = options;
  }

  /** The token that is there, undefined while there is none; one that is about to expire is replaced meanwhile. */
  take(): string | undefined {
    const nowMs = this.#options.clock.monotonic();
    if (this.#held !== undefined && nowMs < this.#held.refreshMs) return this.#held.value;
    this.#ask(nowMs);
    return this.#held !== undefined && nowMs < this.#held.expiresMs ? this.#held.value : undefined;
  }

  /** Whether the endpoint has been asked, and has not answered. */
  get isAsking(): boolean {
    return this.#asking;
  }

  /** Calls `listener` once, later: with a token, or when the endpoint has given none. */
  whenKnown(listener: TokenListener): void {
    this.#ask(this.#options.clock.monotonic());
    if (this.#asking) this.#listeners.push(listener);
    else queueMicrotask(() => listener(undefined, this.#failure));
  }

  /**
   * The recipient has refused a token: another is asked for, unless this one is too young to be to blame.
   * @returns whether the token is to blame, be it that another request has found that out before.
   */
  refused(token: string): boolean {
    const held = this.#held;
    if (held?.value !== token) return true;
    if (this.#options.clock.monotonic() - held.takenMs < youngMs) return false;
    this.#held = undefined;
    return true;
  }

  /** Forgets past failures: what they may have come from has changed. */
  retryNow(): void {
    this.#retryMs = 0;
  }

  close(): void {
    this.#closed.abort();
  }

  #ask(nowMs: number): void {
    if (this.#asking || nowMs < this.#retryMs || this.#closed.signal.aborted) return;
    this.#asking = true;
    this.#options.request(this.#closed.signal).then(
      (token) => this.#took(token),
      (error: unknown) => this.#failed(error instanceof Error ? error.message : String(error)),
    );
  }

  #took({ value, lifetimeSeconds }: AccessToken): void {
    const { clock, log } = this.#options;
    const takenMs = clock.monotonic();
    const lifetimeMs = lifetimeSeconds * 1000;
    const expiresMs = takenMs + lifetimeMs;
    const refreshMs = expiresMs - Math.min(refreshAtMostMs, refreshShare * lifetimeMs);
    this.#held = { value, takenMs, refreshMs, expiresMs };
    if (this.#failures > 0) log.info('the token endpoint gives tokens again');
    this.#failures = 0;
    this.#settle(value);
  }

  #failed(failure: string): void {
    const { clock, random, log } = this.#options;
    this.#failures++;
    this.#failure = failure;
    this.#retryMs = clock.monotonic() + backoffMs(this.#failures, retryBackoff, random);
    log.limited('error', 'token', 'no token could be had, and the endpoint is asked again', { error: failure });
    this.#settle(undefined);
  }

  #settle(token: string | undefined): void {
    this.#asking = false;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener(token, this.#failure);
  }
}
