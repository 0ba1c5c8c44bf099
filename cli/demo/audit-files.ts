import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseObject } from '../../api/json.ts';

/** What the files of an audit hold. */
export type AuditContent = {
  /** How often each message id is recorded. */
  readonly records: ReadonlyMap<string, number>;
  /** Lines that are no record, the last of a file apart: a process killed in the middle of a line leaves that one torn. */
  readonly unreadable: number;
};

/** Reads every segment of an audit: `directory/<worker>/*.ndjson`. */
export async function readAudit(directory: string): Promise<AuditContent> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const segments = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ndjson'));
  const texts = await Promise.all(segments.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
  return readSegments(texts);
}

/** Reads the text of audit segments. */
export function readSegments(texts: readonly string[]): AuditContent {
  const records = new Map<string, number>();
  let unreadable = 0;
  for (const text of texts) {
    const lines = text.split('\n');
    // What follows the last newline is empty, or torn.
    lines.pop();
    for (const line of lines) {
      const messageId = messageIdOf(line);
      if (messageId === undefined) unreadable++;
      else records.set(messageId, (records.get(messageId) ?? 0) + 1);
    }
  }
  return { records, unreadable };
}

function messageIdOf(line: string): string | undefined {
  const messageId = parseObject(line)?.messageId;
  return typeof messageId === 'string' ? messageId : undefined;
}
