import { readFile } from 'node:fs/promises';
import { CommandError, exitCodes } from './exit-codes.ts';

/** The name by which a command takes standard input for a file. */
const standardInput = '-';

/** Reads a file; `-` is standard input. @throws CommandError with a sentence when it cannot. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file === standardInput ? '/dev/stdin' : file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** What a file is called in a message. */
export function titleOf(file: string): string {
  return file === standardInput ? 'standard input' : file;
}

/** The error for a file or a directory that cannot be read. */
export function unreadable(path: string, error: unknown): CommandError {
  const why = error instanceof Error ? error.message : String(error);
  return new CommandError(exitCodes.wrong, `${titleOf(path)} cannot be read: ${why}.`, { cause: error });
}
