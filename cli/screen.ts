/** The part of a terminal that is drawn on; `process.stdout` is one. */
export type Terminal = {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
};

/** Lines that are drawn anew over themselves. */
export class Screen {
  readonly #terminal: Terminal;
  #drawnLines = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.write(hideCursor);
  }

  draw(lines: readonly string[]): void {
    const back = this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A`;
    this.#terminal.write(`${back}\r${eraseBelow}${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawnLines = lines.length;
  }

  /** Leaves what was drawn last. */
  close(): void {
    this.#terminal.write(showCursor);
  }
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseBelow = '\u001b[J';
