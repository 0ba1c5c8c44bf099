import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { VolumeFile } from './volume-files.ts';

/**
 * A directory whose files change all at once, as in a real volume: each is a symbolic link through `..data`, and `..data`
 * is a link to the directory that holds this version. Who watches the directory sees `..data` being replaced.
 */
export class AtomicDirectory {
  readonly path: string;
  #fingerprint = '';
  #version: string | undefined;
  #names = new Set<string>();

  constructor(path: string) {
    this.path = path;
  }

  /** Makes `files` the directory's content, and does nothing when they are that already. */
  async write(files: readonly VolumeFile[]): Promise<void> {
    const fingerprint = fingerprintOf(files);
    if (fingerprint === this.#fingerprint) return;
    const version = await this.#writeVersion(files);
    await symlink(basename(version), join(this.path, '..data_tmp'));
    await rename(join(this.path, '..data_tmp'), join(this.path, '..data'));
    await this.#link(new Set(files.map(({ path }) => path.split('/')[0] ?? path)));
    if (this.#version !== undefined) await rm(this.#version, { recursive: true });
    this.#version = version;
    this.#fingerprint = fingerprint;
  }

  async #writeVersion(files: readonly VolumeFile[]): Promise<string> {
    await mkdir(this.path, { recursive: true });
    const version = await mkdtemp(`${this.path}/..`);
    await chmod(version, 0o755);
    for (const { path, content, mode } of files) {
      const file = join(version, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      await chmod(file, mode);
    }
    return version;
  }

  async #link(names: Set<string>): Promise<void> {
    for (const name of names.difference(this.#names)) await symlink(join('..data', name), join(this.path, name));
    for (const name of this.#names.difference(names)) await rm(join(this.path, name));
    this.#names = names;
  }
}

function fingerprintOf(files: readonly VolumeFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content, mode } of files) hash.update(`${path}\0${mode}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}
