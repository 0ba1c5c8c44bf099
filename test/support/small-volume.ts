import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Mounts a file system of one mebibyte, which is gone when it is disposed of.
 * @returns undefined where this user may not mount.
 */
export function mountSmallVolume(): (Disposable & { readonly path: string }) | undefined {
  const path = mkdtempSync(join(tmpdir(), 'courier-volume-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmdirSync(path);
    return undefined;
  }
  return {
    path,
    [Symbol.dispose]() {
      // Lazily: a test that failed may have left files open.
      execFileSync('umount', ['-l', path]);
      rmdirSync(path);
    },
  };
}

/** Whether this user may mount. */
export function mayMount(): boolean {
  using volume = mountSmallVolume();
  return volume !== undefined;
}
