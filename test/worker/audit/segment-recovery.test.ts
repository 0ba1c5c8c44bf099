import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { recoverSegments } from '../../../worker/audit/segment-recovery.ts';
import { FaultyDisk } from '../../support/faulty-disk.ts';
import { checkProperty } from '../../support/properties.ts';
import { temporaryDirectory } from '../../support/worker-under-test.ts';
import { line } from './segments.ts';

describe('the recovery of a segment', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  before(async () => {
    directory = await temporaryDirectory();
  });
  after(() => directory[Symbol.asyncDispose]());

  /** Leaves `bytes` as a dead worker's segment, recovers, and returns what is there then; undefined for nothing. */
  async function recover(bytes: Buffer): Promise<Buffer | undefined> {
    const active = join(directory.path, 'segment.active');
    const finished = join(directory.path, 'segment.ndjson');
    const cut = join(directory.path, 'segment.cut');
    for (const path of [finished, cut]) await rm(path, { force: true });
    await writeFile(active, bytes);
    const [recovered, ...others] = await recoverSegments(directory.path);
    assert.deepEqual(others, []);
    await assert.rejects(stat(active), { code: 'ENOENT' });
    const kept = await readFile(finished).catch((error) => {
      assert.equal(error.code, 'ENOENT');
      return undefined;
    });
    const keptBytes = kept?.length ?? 0;
    const rest = bytes.subarray(keptBytes);
    const cutPath = rest.includes(0x0a) ? cut : undefined;
    assert.deepEqual(recovered, { path: active, keptBytes, cutBytes: rest.length, cutPath });
    if (cutPath === undefined) await assert.rejects(stat(cut), { code: 'ENOENT' });
    else assert.ok((await readFile(cut)).equals(rest), 'what was cut off is not kept');
    return kept;
  }

  const one = line(1);
  const bytes = (length: number) => line(2, length - line(2).length);
  const table: [sentence: string, content: string | Buffer, kept: string][] = [
    ['removes one that is empty', '', ''],
    ['removes one without a whole record', one.slice(0, -1), ''],
    ['keeps one that is whole', one + one, one + one],
    ['cuts a record whose end is missing', one + one.slice(0, 5), one],
    ['cuts a record that lacks only its newline', one + one.slice(0, -1), one],
    ['cuts a tail of zeros', `${one}${'\0'.repeat(10_000)}`, one],
    ['cuts a tail of zeros that ends in a newline', `${one}${'\0'.repeat(10_000)}\n`, one],
    ['cuts what follows a hole of zeros, though its lines be whole', `${one}\0\0\0\n${one}`, one],
    ['cuts empty lines', `${one}\n\n${one}`, one],
    ['cuts JSON that is no record', `${one}1\n"a"\nnull\n`, one],
    [
      'cuts a line that is no UTF-8',
      Buffer.concat([Buffer.from(one), Buffer.from('{"a":"\xff\xfe"}\n', 'latin1')]),
      one,
    ],
    ['keeps a line of several mebibytes', bytes(3 << 20), bytes(3 << 20)],
    ['cuts half of a line of several mebibytes', one + bytes(3 << 20).slice(0, 2 << 20), one],
    ['keeps a line that ends where a chunk ends', bytes(1 << 20) + one, bytes(1 << 20) + one],
    ['keeps a line that ends just before', bytes((1 << 20) - 1) + one, bytes((1 << 20) - 1) + one],
    ['keeps a line that ends just behind', bytes((1 << 20) + 1) + one, bytes((1 << 20) + 1) + one],
    ['cuts a line that breaks off where a chunk ends', one + bytes(2 << 20).slice(0, (1 << 20) - one.length), one],
    [
      'keeps a character that two chunks share',
      `${JSON.stringify({ a: `${'x'.repeat((1 << 20) - 8)}日本` })}\n${one}`,
      `${JSON.stringify({ a: `${'x'.repeat((1 << 20) - 8)}日本` })}\n${one}`,
    ],
  ];
  for (const [sentence, content, kept] of table) {
    it(sentence, async () => {
      const recovered = await recover(Buffer.from(content));
      assert.ok((recovered ?? Buffer.alloc(0)).equals(Buffer.from(kept)));
      assert.equal(recovered === undefined, kept === '');
    });
  }

  it('keeps every acknowledged line and ends in a whole record, whatever the last write looks like', async (t) => {
    const disk = await FaultyDisk.in(t);
    disk.syncs = false;
    const record = fc.record({ id: fc.nat(), body: fc.string({ unit: 'binary', maxLength: 40 }), n: fc.nat(3000) });
    const lines = (maxLength: number) =>
      fc
        .array(record, { maxLength })
        .map((records) =>
          records.map(({ n, ...rest }) => `${JSON.stringify({ ...rest, p: 'y'.repeat(n) })}\n`).join(''),
        );
    const damage = fc.record({
      kind: fc.constantFrom('none', 'cut', 'zeros', 'garbage', 'garbageInside', 'zerosInside', 'shuffled'),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(5000),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    });
    const property = fc.asyncProperty(lines(12), lines(12), damage, async (acknowledged, lastWrite, drawn) => {
      const durable = Buffer.from(acknowledged);
      const left = Buffer.concat([durable, damaged(Buffer.from(lastWrite), drawn)]);
      const kept = (await recover(left)) ?? Buffer.alloc(0);
      assert.ok(kept.subarray(0, durable.length).equals(durable), 'an acknowledged line is lost');
      assert.ok(kept.equals(left.subarray(0, kept.length)), 'what is kept is not what was there');
      assert.ok(kept.length === 0 || kept.at(-1) === 0x0a);
      for (const each of kept.toString().split('\n').slice(0, -1)) assert.equal(typeof JSON.parse(each), 'object');
      const next = left.subarray(kept.length);
      const end = next.indexOf(0x0a);
      if (end !== -1) assert.throws(() => strictlyParsed(next.subarray(0, end)), 'a whole record is cut');
    });
    await checkProperty(property, { numRuns: 100 });
  });

  it('finishes each of several, and touches nothing else', async (t) => {
    await using other = await temporaryDirectory();
    const write = (name: string, text: string) => writeFile(join(other.path, name), text);
    await Promise.all([
      write('a.active', one),
      write('b.active', `${one}{`),
      write('b2.active', `${one}{"rotten\n${one}`),
      write('c.active', '{'),
      write('d.ndjson', '{'),
      write('lock', '{'),
    ]);
    const disk = await FaultyDisk.in(t);
    const recovered = await recoverSegments(other.path);
    assert.deepEqual(
      recovered.map(({ path, keptBytes, cutBytes }) => [path, keptBytes, cutBytes]),
      [
        [join(other.path, 'a.active'), one.length, 0],
        [join(other.path, 'b.active'), one.length, 1],
        [join(other.path, 'b2.active'), one.length, one.length + 9],
        [join(other.path, 'c.active'), 0, 1],
      ],
    );
    assert.deepEqual((await readdir(other.path)).sort(), [
      'a.ndjson',
      'b.ndjson',
      'b2.cut',
      'b2.ndjson',
      'd.ndjson',
      'lock',
    ]);
    const copied = ['syncFile', 'syncDirectory'];
    const eachDurable = ['truncate', 'syncFile', 'syncDirectory'];
    assert.deepEqual(disk.done, [...eachDurable, ...eachDurable, ...copied, ...eachDurable, 'syncDirectory']);
    assert.deepEqual(await recoverSegments(other.path), []);
  });
});

type Damage = { readonly kind: string; readonly at: number; readonly length: number; readonly bytes: Uint8Array };

/** What a crash or a loss of power may have made of the bytes of a write. */
function damaged(write: Buffer, { kind, at, length, bytes }: Damage): Buffer {
  const offset = Math.floor(at * write.length);
  const inside = (patch: Uint8Array) => {
    const copy = Buffer.from(write);
    copy.set(patch.subarray(0, copy.length - offset), offset);
    return copy;
  };
  switch (kind) {
    case 'cut':
      return write.subarray(0, offset);
    case 'zeros':
      return Buffer.concat([write.subarray(0, offset), Buffer.alloc(length)]);
    case 'garbage':
      return Buffer.concat([write.subarray(0, offset), bytes]);
    case 'garbageInside':
      return inside(bytes);
    case 'zerosInside':
      return inside(Buffer.alloc(Math.min(length, write.length)));
    case 'shuffled':
      return Buffer.concat([write.subarray(offset), write.subarray(0, offset)]);
    default:
      return write;
  }
}

function strictlyParsed(text: Buffer): void {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text));
  assert.ok(typeof value === 'object' && value !== null);
}
