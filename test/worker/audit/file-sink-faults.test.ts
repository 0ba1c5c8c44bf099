import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DiskFault, FaultyDisk } from '../../support/faulty-disk.ts';
import { checkProperty } from '../../support/properties.ts';
import { mayMount, mountSmallVolume } from '../../support/small-volume.ts';
import { temporaryDirectory } from '../../support/worker-under-test.ts';
import { isWritten, openSink, readIds, readSegments, refusal } from './segments.ts';

describe('the file sink on a disk that fails', () => {
  const table: [sentence: string, faults: readonly DiskFault[], failedWrites: number][] = [
    ['when a write fails', ['write'], 1],
    ['when a write fails in its middle', ['partialWrite'], 1],
    ['when a sync fails', ['datasync'], 1],
    ['when the cut after it fails as well', ['partialWrite', 'truncate'], 2],
    ['when the sync of the cut fails as well', ['partialWrite', 'syncFile'], 2],
    ['when the sync of the directory after the cut fails as well', ['partialWrite', 'syncDirectory'], 2],
    [
      'when the sync of the directory with the new segment fails as well',
      ['datasync', 'syncDirectory', 'syncDirectory'],
      3,
    ],
    ['when all of it fails again and again', ['datasync', 'truncate', 'truncate', 'syncFile', 'syncDirectory'], 5],
  ];
  for (const [sentence, faults, failedWrites] of table) {
    it(`loses nothing that it acknowledged, keeps nothing else, and goes on by itself, ${sentence}`, async (t) => {
      await using directory = await temporaryDirectory();
      const sink = await openSink(directory.path);
      assert.ok(await isWritten(sink, [1, 2]));
      const disk = await FaultyDisk.in(t);
      disk.faults.push(...faults);
      for (let failed = 0; failed < failedWrites; failed++) assert.ok(!(await isWritten(sink, [3, 4, 5])));
      assert.ok(await isWritten(sink, [3, 4, 5]));
      await sink.close();
      assert.deepEqual(disk.faults, []);
      assert.deepEqual(await readIds(directory.path), [1, 2, 3, 4, 5]);
    });
  }

  it('finishes a full segment later when the directory cannot be synced', async (t) => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path, 1);
    assert.ok(await isWritten(sink, [1]));
    const disk = await FaultyDisk.in(t);
    disk.faults.push('syncDirectory', 'syncDirectory');
    assert.ok(!(await isWritten(sink, [2])));
    assert.ok(!(await isWritten(sink, [2])));
    assert.ok(await isWritten(sink, [2]));
    await sink.close();
    assert.deepEqual(await readIds(directory.path), [1, 2]);
  });

  it('acknowledges nothing in a directory that was removed, and makes it anew', async () => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    assert.ok(await isWritten(sink, [1]));
    await rm(join(directory.path, 'w'), { recursive: true });
    assert.ok(!(await isWritten(sink, [2])));
    assert.ok(await isWritten(sink, [2]));
    await sink.close();
    assert.deepEqual(await readIds(directory.path), [2]);
  });

  it('goes on in a new directory when the one with its segment was moved away', async () => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path, 1);
    assert.ok(await isWritten(sink, [1]));
    await rename(join(directory.path, 'w'), join(directory.path, 'away'));
    assert.ok(await isWritten(sink, [2]));
    await sink.close();
    assert.deepEqual(await readIds(directory.path), [2]);
  });

  it('leaves no empty segments behind, however long it is refused', async (t) => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    const disk = await FaultyDisk.in(t);
    for (let n = 0; n < 20; n++) {
      disk.faults.push(n % 2 === 0 ? 'partialWrite' : 'datasync');
      assert.ok(!(await isWritten(sink, [1])));
    }
    assert.ok(await isWritten(sink, [1]));
    assert.equal((await readSegments(directory.path)).length, 1);
    await sink.close();
    assert.deepEqual(await readIds(directory.path), [1]);
  });

  it('holds exactly what it acknowledged, in order, whatever fails, and after a crash too', async (t) => {
    const disk = await FaultyDisk.in(t);
    disk.syncs = false;
    const fault = fc.constantFrom<DiskFault>(
      ...(['write', 'partialWrite', 'datasync', 'truncate', 'syncFile', 'syncDirectory'] as const),
    );
    const step = fc.record({ count: fc.integer({ min: 1, max: 4 }), faults: fc.array(fault, { maxLength: 3 }) });
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 200 }),
      fc.boolean(),
      async (steps, maxSegmentBytes, crashes) => {
        await using directory = await temporaryDirectory();
        const sink = await openSink(directory.path, maxSegmentBytes);
        const acknowledged: number[] = [];
        let id = 0;
        for (const { count, faults } of steps) {
          disk.faults.splice(0, disk.faults.length, ...faults);
          const ids = Array.from({ length: count }, () => id++);
          if (await isWritten(sink, ids)) acknowledged.push(...ids);
        }
        disk.faults.length = 0;
        if (crashes) {
          await rm(join(directory.path, 'w', 'lock'));
          await (await openSink(directory.path)).close();
        } else {
          await sink.close();
        }
        const found = await readIds(directory.path);
        // After a crash, what was not acknowledged may have been left whole by the write that failed last.
        const expected = crashes ? found.filter((each) => acknowledged.includes(each)) : found;
        assert.deepEqual(expected, acknowledged);
        assert.equal(new Set(found).size, found.length);
      },
    );
    await checkProperty(property, { numRuns: 60 });
  });
});

describe('the file sink on a disk that is full', () => {
  it('by the limit of a file goes on with the next segment, and cuts what was not acknowledged', async () => {
    await using directory = await temporaryDirectory();
    const appender = new URL('appender.ts', import.meta.url).pathname;
    // 128 blocks of 512 bytes; half of the shells count 1024 to a block.
    const limited = `ulimit -f 128; exec "$0" "$@"`;
    const said = execFileSync(
      'sh',
      ['-c', limited, process.execPath, appender, directory.path, '1', '40', String(1 << 30), '500'],
      { encoding: 'utf8' },
    );
    const lines = said.trim().split('\n');
    const refused = lines.filter((each) => !/^\d+ \d+$/.test(each));
    assert.ok(refused.length >= 2, said);
    for (const each of refused) assert.match(each, /a file in .* may not grow further/);
    const lastId = Number(lines.at(-1)?.split(' ')[1]);
    assert.deepEqual(
      await readIds(directory.path),
      Array.from({ length: lastId }, (_, index) => index + 1),
    );
    const segments = await readSegments(directory.path);
    assert.equal(segments.length, refused.length + 1);
  });

  // Who may not mount has the limit of a file above for a full disk.
  if (mayMount()) {
    it('in earnest says so, loses nothing, leaves no litter, and goes on when there is space again', async () => {
      using volume = mountSmallVolume();
      assert.ok(volume !== undefined);
      const sink = await openSink(volume.path);
      const ballast = join(volume.path, 'ballast');
      await writeFile(ballast, Buffer.alloc(512 * 1024));
      let id = 0;
      while (await isWritten(sink, [id], 50_000)) id++;
      assert.ok(id > 0);
      for (let n = 0; n < 10; n++) {
        assert.match(await refusal(sink, 700_000), /no space is left for .*: free some/);
      }
      assert.ok((await readSegments(volume.path)).length <= 2);
      await rm(ballast);
      assert.ok(await isWritten(sink, [id], 50_000));
      await sink.close();
      assert.deepEqual(
        await readIds(volume.path),
        Array.from({ length: id + 1 }, (_, index) => index),
      );
    });
  }
});
