import { type ChildProcess, spawnSync } from 'node:child_process';

let kernelEndsIt: boolean | undefined;

/**
 * The command with the kernel told to kill its process when this one dies, however it dies. Where util-linux is missing,
 * the command itself: then a test run that is killed leaves its processes behind.
 */
export function endingWithParent(command: readonly string[]): readonly string[] {
  kernelEndsIt ??= spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
  return kernelEndsIt ? ['setpriv', '--pdeathsig', 'KILL', '--', ...command] : command;
}

const children = new Set<ChildProcess>();

/** Kills `child`, if it still runs, when this process exits: so that nobody writes any more to what is removed then. */
export function killAtExit(child: ChildProcess): void {
  if (children.size === 0) process.once('exit', killAll);
  children.add(child);
  child.once('exit', () => {
    children.delete(child);
    if (children.size === 0) process.off('exit', killAll);
  });
}

function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}
