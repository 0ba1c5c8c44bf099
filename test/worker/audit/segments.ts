import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../api/clock.ts';
import { FileSink } from '../../../worker/audit/file-sink.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A record as the sink takes it, `padding` bytes longer than it need be. */
export function line(id: number, padding = 0): string {
  return `${JSON.stringify({ id, padding: 'x'.repeat(padding) })}\n`;
}

/** Opens the sink of the worker `w` under `directory`, with segments that by default do not rotate. */
export function openSink(
  directory: string,
  maxSegmentBytes = 1 << 30,
  clock: Pick<Clock, 'now'> = new VirtualClock(),
): Promise<FileSink> {
  return FileSink.open({ directory, worker: 'w', maxSegmentBytes, clock });
}

/** The segments in `<directory>/w`, by name, and what they hold. */
export async function readSegments(directory: string): Promise<{ readonly name: string; readonly text: string }[]> {
  const names = (await readdir(join(directory, 'w'))).filter((name) => /\.(?:ndjson|active)$/.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(directory, 'w', name), 'utf8') })));
}

/** The ids of all records, segment by segment. Throws when a line is not a record, or the last one has no end. */
export async function readIds(directory: string): Promise<number[]> {
  const text = (await readSegments(directory)).map((segment) => segment.text).join('');
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
  return text
    .split('\n')
    .slice(0, -1)
    .map((record) => JSON.parse(record).id);
}

/** Writes records with these ids in one write; whether they were acknowledged. */
export async function isWritten(sink: FileSink, ids: readonly number[], padding = 0): Promise<boolean> {
  const outcome = await sink.write(ids.map((id) => line(id, padding))).catch(() => 'refused' as const);
  if (outcome === 'refused') return false;
  assert.deepEqual(
    outcome,
    ids.map(() => undefined),
  );
  return true;
}

/** Why a write fails. */
export async function refusal(sink: FileSink, padding = 0): Promise<string> {
  try {
    await sink.write([line(-1, padding)]);
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message;
  }
  throw new assert.AssertionError({ message: 'the write succeeded' });
}
