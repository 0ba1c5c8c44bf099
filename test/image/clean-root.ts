import { execFile, spawn } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { endingWithParent } from '../cluster/end-with-parent.ts';
import { Container } from './container.ts';
import type { Image } from './image.ts';

const execute = promisify(execFile);

/** A directory of this machine at a place in the container. */
export type Mount = { readonly source: string; readonly target: string; readonly writable?: boolean };

/**
 * A root directory with what a distroless image of Node has, Node and its libraries, certificates and the user
 * `nonroot`, and on top of it the image's own files.
 */
export class CleanRoot {
  readonly #root: string;
  readonly #image: Image;

  private constructor(root: string, image: Image) {
    this.#root = root;
    this.#image = image;
  }

  static async make(root: string, image: Image): Promise<CleanRoot> {
    const node = await realpath(process.execPath);
    const { stdout } = await execute('ldd', [node]);
    const libraries = [...stdout.matchAll(/(\/[^\s]+) \(0x/g)].map(([, path = '']) => path);
    for (const [from, to] of [[node, '/nodejs/bin/node'], ...libraries.map((path) => [path, path])] as const) {
      await mkdir(dirname(join(root, to)), { recursive: true });
      await copyFile(await realpath(from), join(root, to));
    }
    for (const directory of ['dev', 'etc', 'proc', 'tmp']) await mkdir(join(root, directory), { recursive: true });
    await writeFile(join(root, 'dev/null'), '');
    await writeFile(join(root, 'etc/passwd'), 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n');
    await writeFile(join(root, 'etc/group'), 'nonroot:x:65532:\n');
    await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
    await cp(image.content, root, { recursive: true });
    await chmod(root, 0o755);
    return new CleanRoot(root, image);
  }

  /** What is in a directory of the root. */
  async list(directory: string): Promise<readonly string[]> {
    return await readdir(join(this.#root, directory));
  }

  /**
   * Starts a container of the image: its entry point with `args`, as its user, with nothing writable but the mounts that
   * say so.
   */
  async start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    mounts: readonly Mount[] = [],
  ): Promise<Container> {
    for (const { target } of mounts) await mkdir(join(this.#root, target), { recursive: true });
    const { user, entrypoint } = this.#image;
    const places = mounts.flatMap(({ source, target, writable }) => [source, target, writable ? 'rw' : 'ro']);
    const [program = '', ...rest] = endingWithParent([
      ...['unshare', '--mount', 'sh', '-ec', script, 'sh', this.#root, user],
      ...[String(mounts.length), ...places, ...entrypoint, ...args],
    ]);
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.#image.environment, ...environment, PATH: process.env.PATH },
    });
    return new Container(child);
  }
}

/** Each step executes the next, so that the process is the program in the end, and gets its signals. */
const script = `
root=$1; user=$2; count=$3; shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev/null "$root/dev/null"
mount -o remount,bind,ro "$root"
while [ "$count" -gt 0 ]; do
  mount --bind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3; count=$((count - 1))
done
chroot=$(command -v chroot)
unset PATH
exec "$chroot" --userspec="$user" "$root" "$@"
`;
