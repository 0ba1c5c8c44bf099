import type { Clock } from '../../api/clock.ts';
import { Screen, type Terminal } from '../screen.ts';
import { describeChanges, describeProgress } from './lines.ts';
import type { CourierSnapshot } from './snapshot.ts';
import { renderTable, type Size } from './table.ts';
import type { LogWarning } from './worker-log.ts';

/** How a running session is shown. */
export interface View {
  /** The state of all Couriers now. */
  show(snapshots: readonly CourierSnapshot[]): void;
  /** Something happened that no snapshot shows. */
  note(sentence: string): void;
  /** A worker's log has a warning or an error. */
  warn(warning: LogWarning): void;
  /** Nothing more is shown. */
  close(): void;
}

/** How often progress is said where it cannot be shown, in milliseconds. */
const progressEveryMs = 5000;

/** Plain lines: changes when they happen, progress every few seconds while there is any. */
export class LineView implements View {
  readonly #print: (line: string) => void;
  readonly #clock: Clock;
  readonly #previous = new Map<string, CourierSnapshot>();
  readonly #said = new Map<string, string>();
  #nextProgressMs: number;

  constructor(print: (line: string) => void, clock: Clock) {
    this.#print = print;
    this.#clock = clock;
    this.#nextProgressMs = clock.monotonic() + progressEveryMs;
  }

  show(snapshots: readonly CourierSnapshot[]): void {
    const due = this.#clock.monotonic() >= this.#nextProgressMs;
    if (due) this.#nextProgressMs = this.#clock.monotonic() + progressEveryMs;
    for (const snapshot of snapshots) {
      const lines = describeChanges(this.#previous.get(snapshot.courier), snapshot);
      this.#previous.set(snapshot.courier, snapshot);
      for (const line of lines) this.#print(line);
      if (due) this.#progress(snapshot);
    }
  }

  note(sentence: string): void {
    this.#print(sentence);
  }

  warn({ worker, text }: LogWarning): void {
    this.#print(`${worker}: ${text}`);
  }

  close(): void {}

  #progress(snapshot: CourierSnapshot): void {
    const line = describeProgress(snapshot);
    if (line === this.#said.get(snapshot.courier)) return;
    this.#said.set(snapshot.courier, line);
    this.#print(line);
  }
}

/** Notes kept below the table. */
const notesShown = 6;

/** A table that is drawn anew over itself. */
export class TableView implements View {
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #notes: string[] = [];
  #snapshots: readonly CourierSnapshot[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#screen = new Screen(terminal);
  }

  show(snapshots: readonly CourierSnapshot[]): void {
    this.#snapshots = snapshots;
    this.#draw();
  }

  note(sentence: string): void {
    this.#notes.push(sentence);
    if (this.#notes.length > notesShown) this.#notes.shift();
    this.#draw();
  }

  warn({ worker, text }: LogWarning): void {
    this.note(`${worker}: ${text}`);
  }

  close(): void {
    this.#screen.close();
  }

  #draw(): void {
    const size: Size = { width: this.#terminal.columns, height: this.#terminal.rows };
    this.#screen.draw(renderTable(this.#snapshots, this.#notes, size));
  }
}
