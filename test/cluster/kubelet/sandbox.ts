import { spawnSync } from 'node:child_process';
import type { Program } from './images.ts';
import { mountNamespace } from './mount-namespace.ts';
import { rewritePaths } from './path-rewriting.ts';

/** A file or directory of this machine at the place where a container expects it. */
export type Mount = { readonly source: string; readonly target: string; readonly readOnly: boolean };

/** What a container is to run, and what it is to find. */
export type SandboxRequest = {
  readonly program: Program;
  readonly imageEnvironment: Readonly<Record<string, string>>;
  readonly podEnvironment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly mounts: readonly Mount[];
  /** Directories that stay visible at their own paths whatever is mounted above them. */
  readonly directories: readonly string[];
  /** An existing directory for the sandbox's own use. */
  readonly scratch: string;
};

/** What to spawn. */
export type Launch = {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
};

/** Makes a container's files appear where the container expects them. */
export type Sandbox = (request: SandboxRequest) => Promise<Launch>;

/** The best that this machine allows: a mount namespace of its own for each container, else rewritten paths. */
export function findSandbox(): Sandbox {
  return canMount() ? mountNamespace : rewritePaths;
}

/**
 * Whether containers can have mounts of their own. Tried, not guessed: root in a container often may not mount, and in a
 * user namespace, where anybody may, the kernel refuses an overlay of a root that has other file systems mounted on it.
 */
export function canMount(): boolean {
  return spawnSync('unshare', ['--mount', 'sh', '-ec', probe]).status === 0;
}

const probe = `
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
`;
