import type { Stop } from './local/session.ts';

/**
 * What the person at the terminal wants: the first Ctrl-C (or SIGTERM, or a terminal that goes away) asks to finish, the
 * second to end at once.
 */
export function listenForInterrupts(): Stop {
  const drain = new AbortController();
  const kill = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (drain.signal.aborted ? kill : drain).abort());
  }
  return { drain: drain.signal, kill: kill.signal };
}
