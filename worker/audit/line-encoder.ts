/** How large a piece is at most; a line that may be longer is one of its own. */
const pieceBytes = 1 << 20;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const bytesPerUnit = 3;

/**
 * Encodes lines as UTF-8, many in one piece, and always in the same memory: what it is given need not be joined first, and no
 * piece becomes garbage.
 */
export class LineEncoder {
  #memory: Buffer | undefined;

  /** The lines in pieces. Each is overwritten when the next is asked for, and nobody else may encode meanwhile. */
  *encode(lines: readonly string[]): Generator<Uint8Array> {
    this.#memory ??= Buffer.allocUnsafeSlow(pieceBytes);
    let end = 0;
    for (const line of lines) {
      if (end > 0 && end + bytesPerUnit * line.length > pieceBytes) {
        yield this.#memory.subarray(0, end);
        end = 0;
      }
      if (bytesPerUnit * line.length > pieceBytes) yield Buffer.from(line);
      else end += this.#memory.write(line, end);
    }
    if (end > 0) yield this.#memory.subarray(0, end);
  }
}
