import { type FileHandle, open } from 'node:fs/promises';
import type { TestContext } from 'node:test';

/**
 * - `write`: nothing of it is written.
 * - `partialWrite`: half of it is written first.
 * - `datasync`, `truncate`: of a file.
 * - `syncFile`, `syncDirectory`: of a file or of a directory.
 */
export type DiskFault = 'write' | 'partialWrite' | 'datasync' | 'truncate' | 'syncFile' | 'syncDirectory';

type Write = (bytes: Uint8Array, offset?: number, length?: number) => Promise<{ bytesWritten: number }>;

/** Makes the file system refuse on demand: patches every `FileHandle` of this process until the test ends. */
export class FaultyDisk {
  /** What fails next, each entry once, when its turn comes. */
  readonly faults: DiskFault[] = [];
  /** The error code of a fault. */
  code = 'EIO';
  /** Operations that succeeded, in order. */
  readonly done: string[] = [];
  /** Bytes that one write takes at most. */
  longestWrite = Number.POSITIVE_INFINITY;

  /** False: what a sync would write is left to the kernel, which is faster where no test asks for durability. */
  syncs = true;

  static async in(t: TestContext): Promise<FaultyDisk> {
    const disk = new FaultyDisk();
    const probe = await open('/dev/null');
    const prototype: FileHandle & { write: Write } = Object.getPrototypeOf(probe);
    await probe.close();
    const { write, datasync, truncate, sync } = prototype;
    t.mock.method(prototype, 'write', async function (this: FileHandle, bytes: Uint8Array, offset = 0) {
      disk.#meet('write');
      const length = Math.min(bytes.byteLength - offset, disk.longestWrite);
      if (disk.faults[0] === 'partialWrite') await write.call(this, bytes, offset, length >> 1);
      disk.#meet('partialWrite');
      disk.done.push('write');
      return write.call(this, bytes, offset, length);
    });
    t.mock.method(prototype, 'datasync', async function (this: FileHandle) {
      disk.#meet('datasync');
      if (disk.syncs) await datasync.call(this);
      disk.done.push('datasync');
    });
    t.mock.method(prototype, 'truncate', async function (this: FileHandle, length?: number) {
      disk.#meet('truncate');
      await truncate.call(this, length);
      disk.done.push('truncate');
    });
    t.mock.method(prototype, 'sync', async function (this: FileHandle) {
      const kind = (await this.stat()).isDirectory() ? 'syncDirectory' : 'syncFile';
      disk.#meet(kind);
      if (disk.syncs) await sync.call(this);
      disk.done.push(kind);
    });
    return disk;
  }

  #meet(fault: DiskFault): void {
    if (this.faults[0] !== fault) return;
    this.faults.shift();
    throw Object.assign(new Error(`${this.code}: injected, ${fault}`), { code: this.code });
  }
}
