/**
 * Where time comes from. Handed in wherever time matters, so that a test can run an hour in a millisecond.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. For timestamps that people read; it may jump. */
  now(): number;
  /** Milliseconds since an arbitrary origin; never runs back. For durations and deadlines. */
  monotonic(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now. */
  setTimeout(callback: () => void, delayMs: number): Timer;
}

/** A call that {@link Clock.setTimeout} has scheduled. */
export interface Timer {
  /** Forgets the call; harmless when it has already happened. */
  cancel(): void;
}

/** What a timer of Node counts to: it fires a longer one at once. Source: Node's documentation of setTimeout. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, delayMs) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number) => {
      const isLast = leftMs <= longestTimerMs;
      handle = isLast ? setTimeout(callback, leftMs) : setTimeout(() => arm(leftMs - longestTimerMs), longestTimerMs);
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs` milliseconds, or at once when `signal` aborts: who waits asks the signal why it woke. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const wake = () => {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimeout(wake, delayMs);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
