import type { Stop } from './local/session.ts';

/**
 * What the person at the terminal wants: the first Ctrl-C (or SIGTERM, or a terminal that goes away) asks to finish, the
 * second to end at once. When nobody reads our output any more (`courier local | head`), that asks to finish, too.
 */
export function listenForInterrupts(): Stop {
  const drain = new AbortController();
  const kill = new AbortController();
  let interrupted = false;
  const interrupt = () => {
    if (interrupted) kill.abort();
    interrupted = true;
    drain.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  for (const output of [process.stdout, process.stderr]) output.on('error', () => drain.abort());
  return { drain: drain.signal, kill: kill.signal };
}
