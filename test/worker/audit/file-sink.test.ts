import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Clock } from '../../../api/clock.ts';
import { FaultyDisk } from '../../support/faulty-disk.ts';
import { temporaryDirectory } from '../../support/worker-under-test.ts';
import { isWritten, line, openSink, readIds, readSegments, refusal } from './segments.ts';

describe('the file sink', () => {
  it('keeps what it writes in an active segment, and finishes that when it is closed', async () => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    assert.ok(await isWritten(sink, [1, 2]));
    assert.ok(await isWritten(sink, [3]));
    const [active] = await readSegments(directory.path);
    assert.equal(active?.name, `20260101T000000000Z-${process.pid}-000001.active`);
    assert.deepEqual(await readIds(directory.path), [1, 2, 3]);
    await sink.close();
    assert.deepEqual(await readdir(join(directory.path, 'w')), [`20260101T000000000Z-${process.pid}-000001.ndjson`]);
    assert.deepEqual(await readIds(directory.path), [1, 2, 3]);
  });

  it('makes the file durable with its first write and the bytes with each, before it says so', async (t) => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    const disk = await FaultyDisk.in(t);
    await isWritten(sink, [1]);
    assert.deepEqual(disk.done.splice(0), ['syncDirectory', 'write', 'datasync']);
    await isWritten(sink, [2, 3]);
    assert.deepEqual(disk.done.splice(0), ['write', 'datasync']);
    await sink.close();
    assert.deepEqual(disk.done, ['syncDirectory']);
  });

  it('writes all of it where the file system takes a little at a time', async (t) => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    const disk = await FaultyDisk.in(t);
    disk.longestWrite = 7;
    assert.ok(await isWritten(sink, [1, 2, 3]));
    await sink.close();
    assert.deepEqual(await readIds(directory.path), [1, 2, 3]);
  });

  it('begins a new segment when one is full; their names sort as they were written, whatever the clock does', async () => {
    await using directory = await temporaryDirectory();
    let nowMs = Date.parse('2026-01-01T00:00:00Z');
    const clock: Pick<Clock, 'now'> = { now: () => nowMs };
    const sink = await openSink(directory.path, 300, clock);
    const ids = Array.from({ length: 120 }, (_, index) => index);
    for (const id of ids) {
      if (id === 60) nowMs += 1;
      if (id === 90) nowMs -= 3600_000;
      assert.ok(await isWritten(sink, [id], 50));
    }
    await sink.close();
    const segments = await readSegments(directory.path);
    assert.ok(segments.length >= 20);
    for (const { text } of segments.slice(0, -1)) assert.ok(text.length >= 300 && text.length < 400);
    assert.deepEqual(await readIds(directory.path), ids);
  });

  it('creates no file before there is a record', async () => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    assert.deepEqual(await readSegments(directory.path), []);
    await sink.close();
    assert.deepEqual(await readSegments(directory.path), []);
  });

  it('finishes what a predecessor has left, and says what that was', async () => {
    await using directory = await temporaryDirectory();
    await mkdir(join(directory.path, 'w'));
    const path = join(directory.path, 'w', '20250101T000000000Z-1-000001.active');
    await writeFile(path, `${line(1)}{"id":`);
    const sink = await openSink(directory.path);
    assert.deepEqual(sink.recovered, [{ path, keptBytes: line(1).length, cutBytes: 6, cutPath: undefined }]);
    assert.ok(await isWritten(sink, [2]));
    assert.deepEqual(await readIds(directory.path), [1, 2]);
    await sink.close();
  });

  it('keeps its files from others than its user and group', async () => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    await isWritten(sink, [1]);
    const [segment] = await readSegments(directory.path);
    const { mode } = await stat(join(directory.path, 'w', segment?.name ?? ''));
    assert.equal(mode & 0o007, 0);
    await sink.close();
  });

  it('of two workers of one name opens only one', async () => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    await assert.rejects(openSink(directory.path), /is in use by process/);
    await sink.close();
    await (await openSink(directory.path)).close();
  });
});

describe('the sentence of the file sink', () => {
  const refusals: [code: string, sentence: RegExp][] = [
    ['ENOSPC', /^audit\.file\.directory: no space is left for \/.*\/w: free some, or move the directory to a larger/],
    ['EDQUOT', /^audit\.file\.directory: the disk quota for \/.*\/w is used up: raise it/],
    ['EIO', /^audit\.file\.directory: the disk under \/.*\/w fails: replace it/],
    ['EROFS', /^audit\.file\.directory: \/.*\/w is on a read-only file system: choose a directory on a writable/],
    ['EFBIG', /^audit\.file\.directory: a file in \/.*\/w may not grow further: lower audit\.file\.maxSegmentBytes/],
    ['EMFILE', /^audit\.file\.directory: too many files are open to write to \/.*\/w: raise the limit/],
    ['EODD', /^EODD: injected, datasync$/],
  ];
  for (const [code, sentence] of refusals) {
    it(`for a write that fails with ${code} says what to do`, async (t) => {
      await using directory = await temporaryDirectory();
      const sink = await openSink(directory.path);
      const disk = await FaultyDisk.in(t);
      disk.code = code;
      disk.faults.push('datasync');
      assert.match(await refusal(sink), sentence);
      await sink.close();
    });
  }

  it('for a directory below a file says so', async () => {
    await using directory = await temporaryDirectory();
    const file = join(directory.path, 'file');
    await writeFile(file, '');
    await assert.rejects(
      openSink(join(file, 'audit')),
      /^Error: audit\.file\.directory: a part of .* is a file: choose/,
    );
    await assert.rejects(openSink(file), /^Error: audit\.file\.directory: a part of .* is a file: choose/);
  });

  it("for a directory that its user may not write says so, also when only the worker's own is locked", async () => {
    await using directory = await temporaryDirectory();
    await chmod(directory.path, 0o755);
    await asStranger(directory.path, () =>
      assert.rejects(
        openSink(directory.path),
        /^Error: audit\.file\.directory: .* may not be written: give the worker's/,
      ),
    );
    await mkdir(join(directory.path, 'w'), { recursive: true });
    await asStranger(join(directory.path, 'w'), () =>
      assert.rejects(
        openSink(directory.path),
        /^Error: audit\.file\.directory: .* may not be written: give the worker's/,
      ),
    );
  });

  it('for a directory that was removed under it says so', async () => {
    await using directory = await temporaryDirectory();
    const sink = await openSink(directory.path);
    assert.ok(await isWritten(sink, [1]));
    await rm(join(directory.path, 'w'), { recursive: true });
    assert.match(await refusal(sink), /^audit\.file\.directory: .* or a file in it was removed: it is made anew/);
  });

  it('for a relative directory says that the working directory was removed, and does not look for it for ever', async (t) => {
    await using directory = await temporaryDirectory();
    const before = process.cwd();
    t.after(() => process.chdir(before));
    process.chdir(directory.path);
    const sink = await openSink('audit');
    await rm(directory.path, { recursive: true });
    const removed = /^audit\.file\.directory: .* the working directory, which was removed: start the worker anew/;
    assert.match(await refusal(sink), removed);
    assert.match(await refusal(sink), removed);
  });
});

/** Does something that the permissions of `directory` forbid: as another user where this one is root, whom nothing stops. */
async function asStranger(directory: string, action: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  else await chmod(directory, 0o555);
  try {
    await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
    else await chmod(directory, 0o755);
  }
}
