import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRecord } from '../../support/worker-under-test.ts';
import type { TestStream } from './stage.ts';

/** The audit as it is at any moment, whether or not the workers that write it live. */
export interface AuditTrail {
  /** Every record that is whole. */
  records(): readonly AuditRecord[];
}

/** The segments in a directory, and what was in those that somebody has taken away since. */
export class FileTrail implements AuditTrail {
  readonly #directory: string;
  /** The records of finished segments, which do not change. */
  readonly #finished = new Map<string, readonly AuditRecord[]>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  records(): readonly AuditRecord[] {
    const active = this.#segments('.active').flatMap((path) => recordsOf(path));
    for (const path of this.#segments('.ndjson'))
      if (!this.#finished.has(path)) this.#finished.set(path, recordsOf(path));
    return [...this.#finished.values(), active].flat();
  }

  /** Takes away what is finished, as who ships it elsewhere does. @param remove is called with the path of each. */
  ship(remove: (path: string) => void): void {
    this.records();
    for (const path of this.#segments('.ndjson')) if (this.#finished.has(path)) remove(path);
  }

  #segments(suffix: string): readonly string[] {
    const found = readdirSync(this.#directory, { recursive: true, withFileTypes: true });
    return found.filter(({ name }) => name.endsWith(suffix)).map((entry) => join(entry.parentPath, entry.name));
  }
}

/** The records that a delivery stream has taken. */
export class StreamTrail implements AuditTrail {
  readonly #stream: TestStream;

  constructor(stream: TestStream) {
    this.#stream = stream;
  }

  records(): readonly AuditRecord[] {
    return this.#stream.records().map((record) => JSON.parse(Buffer.from(record).toString()));
  }
}

/** The whole records of a segment: the last line of one that is being written may be torn. */
function recordsOf(path: string): readonly AuditRecord[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // It has got its finished name since the directory was listed: the next look finds it.
    return [];
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
