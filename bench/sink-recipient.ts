import { answer, startCannedServer } from './canned-server.ts';
import { offer } from './child.ts';

/** How long the recipient takes, by the path of the request. */
export type SinkSettings = {
  readonly path: string;
  readonly ms: number;
  /** Every hundredth request takes this long instead. */
  readonly tailMs?: number;
};

/** Requests that were answered, and how long that took as the recipient sees it, timers that were late included. */
export type SinkCounters = { requests: number; totalMs: number };

const accepted = answer('');
const slow = new Map<string, SinkSettings & { started: number; readonly counters: SinkCounters }>();

if (import.meta.main) {
  const { port } = await startCannedServer((head, _body, socket) => {
    const settings = slow.get(head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP')));
    if (settings === undefined) {
      socket.write(accepted);
      return;
    }
    const { ms, tailMs = ms, counters } = settings;
    settings.started++;
    const startMs = performance.now();
    const answered = () => {
      counters.requests++;
      counters.totalMs += performance.now() - startMs;
      socket.write(accepted);
    };
    setTimeout(answered, settings.started % 100 === 0 ? tailMs : ms);
  });
  offer({
    port: () => port,
    slow: (settings: SinkSettings) =>
      void slow.set(settings.path, { ...settings, started: 0, counters: { requests: 0, totalMs: 0 } }),
    counters: (path: string) => slow.get(path)?.counters,
  });
}
