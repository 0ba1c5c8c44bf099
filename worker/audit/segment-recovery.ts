import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseObject } from '../../api/json.ts';
import { activeSuffix, keepBeginning, syncDirectory } from './segment-file.ts';

/** What was found in a segment that a dead worker left behind. */
export type Recovered = { readonly path: string; readonly keptBytes: number; readonly cutBytes: number };

const newline = 0x0a;

/**
 * Finishes the segments that a worker left open when it died: everything after the last whole record is cut off. That
 * loses nothing that was acknowledged, since a message is deleted only after its record was synced, and only the last
 * write can be torn. Lines are checked from the start, because a machine that loses power may have written the blocks
 * of that write in any order.
 */
export async function recoverSegments(directory: string): Promise<readonly Recovered[]> {
  const recovered: Recovered[] = [];
  for (const name of (await readdir(directory)).sort()) {
    if (!name.endsWith(activeSuffix)) continue;
    const path = join(directory, name);
    const { size } = await stat(path);
    const keptBytes = await wholeRecordBytes(path);
    await keepBeginning(path, keptBytes);
    await syncDirectory(directory);
    recovered.push({ path, keptBytes, cutBytes: size - keptBytes });
  }
  return recovered;
}

/** How many bytes from the start are whole records: lines of JSON, each with its newline. */
async function wholeRecordBytes(path: string): Promise<number> {
  let whole = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(newline, start); end !== -1; end = rest.indexOf(newline, start)) {
      if (!isRecord(rest.subarray(start, end))) return whole + start;
      start = end + 1;
    }
    whole += start;
    rest = rest.subarray(start);
  }
  return whole;
}

function isRecord(line: Buffer): boolean {
  // A decoder would put a replacement character for what the disk made up, and call it a record.
  return isUtf8(line) && parseObject(line.toString()) !== undefined;
}
