import { readFile } from 'node:fs/promises';
import { endingWithParent } from '../end-with-parent.ts';
import type { Launch, Mount, SandboxRequest } from './sandbox.ts';

/**
 * Runs the container on a copy-on-write view of this machine's file system, with its volumes mounted into it: what it
 * writes outside of volumes is gone with it. Process id and signals are the program's own, since each step executes the next.
 */
export async function mountNamespace(request: SandboxRequest): Promise<Launch> {
  const { program, imageEnvironment, podEnvironment, workingDirectory, directories, scratch } = request;
  const hostMounts = await topLevelMounts();
  const visible = directories.map((path): Mount => ({ source: path, target: path, readOnly: false }));
  const mounts = [...request.mounts, ...visible].sort((a, b) => depth(a) - depth(b));
  const script = [
    ...['sh', '-ec', outerScript, 'sh', scratch, String(hostMounts.length), ...hostMounts],
    ...[innerScript, workingDirectory, String(mounts.length), ...mounts.flatMap(mountArguments)],
  ];
  return {
    command: endingWithParent(['unshare', '--mount', ...script, ...program.fromImage, ...program.fromPod]),
    environment: { ...imageEnvironment, ...podEnvironment },
    workingDirectory: '/',
  };
}

/** Outside: the new root, an overlay over the old one, with the file systems that are mounted on the old one bound in. */
const outerScript = `
stage=$1; count=$2; shift 2
mount -t tmpfs tmpfs "$stage"
mkdir "$stage/upper" "$stage/work" "$stage/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$stage/upper,workdir=$stage/work" "$stage/root"
while [ "$count" -gt 0 ]; do
  mount --rbind "$1" "$stage/root$1"
  shift; count=$((count - 1))
done
mkdir "$stage/root/.host"
mount --rbind / "$stage/root/.host"
inner=$1; shift
exec chroot "$stage/root" sh -ec "$inner" sh "$@"
`;

/** Inside: the mounts, their sources still visible under /.host, then the program. */
const innerScript = `
directory=$1; count=$2; shift 2
while [ "$count" -gt 0 ]; do
  source=/.host$1; target=$2; access=$3; shift 3; count=$((count - 1))
  if [ -d "$source" ]; then mkdir -p "$target"
  else mkdir -p "$(dirname "$target")"; [ -e "$target" ] || : > "$target"
  fi
  mount --bind "$source" "$target"
  [ "$access" = rw ] || mount -o remount,bind,ro "$target"
done
umount --lazy /.host
rmdir /.host
cd "$directory"
exec "$@"
`;

function mountArguments({ source, target, readOnly }: Mount): readonly string[] {
  return [source, target, readOnly ? 'ro' : 'rw'];
}

/** A mount comes before those below it. */
function depth({ target }: Mount): number {
  return target.split('/').filter((part) => part !== '').length;
}

/** The file systems that are mounted on the root one, which an overlay of it does not show. See proc_pid_mountinfo(5). */
async function topLevelMounts(): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [id, parent, , , path = ''] = line.split(' ');
      return {
        id,
        parent,
        path: path.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
      };
    });
  const root = mounts.findLast(({ path }) => path === '/');
  return mounts.filter(({ parent, path }) => parent === root?.id && path !== '/').map(({ path }) => path);
}
