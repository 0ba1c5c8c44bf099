import type { Clock } from '../../api/clock.ts';
import { describeChanges, describeProgress } from '../local/lines.ts';
import type { CourierSnapshot } from '../local/snapshot.ts';
import type { View } from '../local/view.ts';
import type { LogWarning } from '../local/worker-log.ts';

/** How often progress is told, in milliseconds. */
const progressEveryMs = 3000;

/** Tells the demo's story in lines with the time, and lets its author wait for what is to come next. */
export class Narrator implements View {
  readonly #clock: Clock;
  readonly #print: (line: string) => void;
  readonly #startMs: number;
  readonly #waiting = new Set<(snapshot: CourierSnapshot) => void>();
  #previous: CourierSnapshot | undefined;
  #toldMs = 0;

  constructor(print: (line: string) => void, clock: Clock) {
    this.#print = print;
    this.#clock = clock;
    this.#startMs = clock.monotonic();
  }

  get elapsedMs(): number {
    return this.#clock.monotonic() - this.#startMs;
  }

  say(sentence: string): void {
    this.#print(`${(this.elapsedMs / 1000).toFixed(1).padStart(5)} s  ${sentence}`);
  }

  show([snapshot]: readonly CourierSnapshot[]): void {
    if (snapshot === undefined) return;
    for (const line of describeChanges(this.#previous, snapshot)) this.say(line);
    if (snapshot.replicas.desired > 0 && this.elapsedMs - this.#toldMs >= progressEveryMs) {
      this.#toldMs = this.elapsedMs;
      this.say(describeProgress(snapshot));
    }
    this.#previous = snapshot;
    for (const check of this.#waiting) check(snapshot);
  }

  note(sentence: string): void {
    this.say(sentence);
  }

  /** Warnings are part of any day, and in the logs; an error would spoil the story and is told. */
  warn({ worker, severity, text }: LogWarning): void {
    if (severity === 'Error') this.say(`${worker}: ${text}`);
  }

  close(): void {
    this.#waiting.clear();
  }

  /**
   * Resolves to the next snapshot of which `condition` is true.
   * @throws the signal's reason when it aborts first.
   */
  until(condition: (snapshot: CourierSnapshot) => boolean, signal: AbortSignal): Promise<CourierSnapshot> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(check);
        signal.removeEventListener('abort', give);
      };
      const give = () => {
        end();
        reject(signal.reason);
      };
      const check = (snapshot: CourierSnapshot) => {
        if (!condition(snapshot)) return;
        end();
        resolve(snapshot);
      };
      if (signal.aborted) return give();
      signal.addEventListener('abort', give, { once: true });
      this.#waiting.add(check);
    });
  }
}
