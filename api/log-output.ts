import { writeSync } from 'node:fs';

/**
 * Where processes log: standard output, written synchronously, so that the last words of a process are out before it ends.
 * A line that cannot be written, since the disk is full or the reader has gone, is dropped: logs must not end the work.
 */
export const logOutput = {
  write(line: string): void {
    try {
      writeSync(1, line);
    } catch {
      // There is no other place to say it.
    }
  },
};
