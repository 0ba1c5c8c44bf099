import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseObject } from '../../api/json.ts';
import { activeSuffix, keepBeginning, syncDirectory } from './segment-file.ts';

/** What was cut off a segment that was damaged before its end: whole records may follow the damage. */
const cutSuffix = '.cut';

/** What was found in a segment that a dead worker left behind. */
export type Recovered = {
  readonly path: string;
  readonly keptBytes: number;
  readonly cutBytes: number;
  /** Where the cut part is kept; undefined: it was the torn end of a record, and is gone. */
  readonly cutPath: string | undefined;
};

const newline = 0x0a;

/**
 * Finishes the segments that a worker left open when it died: everything after the last whole record is cut off. That
 * loses nothing that was acknowledged, since a message is deleted only after its record was synced, and only the last
 * write can be torn. Lines are checked from the start, because a machine that loses power may have written the blocks
 * of that write in any order. A disk that changes what it keeps may damage any line: what begins with a damaged line, and not
 * with the torn end of the segment, is kept beside it for a person to look at.
 */
export async function recoverSegments(directory: string): Promise<readonly Recovered[]> {
  const recovered: Recovered[] = [];
  for (const name of (await readdir(directory)).sort()) {
    if (!name.endsWith(activeSuffix)) continue;
    const path = join(directory, name);
    const { size } = await stat(path);
    const { keptBytes, isDamaged } = await wholeRecords(path);
    const cutPath = isDamaged ? path.slice(0, -activeSuffix.length) + cutSuffix : undefined;
    if (cutPath !== undefined) await copyEnd(path, keptBytes, cutPath);
    await keepBeginning(path, keptBytes);
    await syncDirectory(directory);
    recovered.push({ path, keptBytes, cutBytes: size - keptBytes, cutPath });
  }
  return recovered;
}

/** Makes a durable copy of what a file holds from a byte on. */
async function copyEnd(path: string, fromByte: number, target: string): Promise<void> {
  const handle = await open(target, 'w', 0o640);
  try {
    for await (const chunk of createReadStream(path, { start: fromByte })) await handle.appendFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncDirectory(dirname(target));
}

/**
 * How many bytes from the start are whole records, lines of JSON, each with its newline; and whether it is a line that ends
 * them, and not the end of the file.
 */
async function wholeRecords(path: string): Promise<{ readonly keptBytes: number; readonly isDamaged: boolean }> {
  let whole = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(newline, start); end !== -1; end = rest.indexOf(newline, start)) {
      if (!isRecord(rest.subarray(start, end))) return { keptBytes: whole + start, isDamaged: true };
      start = end + 1;
    }
    whole += start;
    rest = rest.subarray(start);
  }
  return { keptBytes: whole, isDamaged: false };
}

function isRecord(line: Buffer): boolean {
  // A decoder would put a replacement character for what the disk made up, and call it a record.
  return isUtf8(line) && parseObject(line.toString()) !== undefined;
}
