import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** Whether `program` can be run at all: `program ...args` exits 0. */
export function isInstalled(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a command to its end. @throws Error with all that it printed when it fails. */
export async function run(command: Command): Promise<void> {
  const { child, output } = start(command);
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${describe(command)} ended with ${code ?? signal}:\n${output()}`);
}

/**
 * Starts a server and waits until `ready` says that it answers.
 * @returns how to end it.
 * @throws Error with all that it printed when it ends before, or is not ready after a minute.
 */
export async function serve(command: Command, ready: () => Promise<boolean>): Promise<() => Promise<void>> {
  const { child, output } = start(command);
  // A test run that is interrupted must not leave a server behind.
  const kill = () => child.kill('SIGKILL');
  const terminate = () => process.exit(143);
  process.once('exit', kill);
  process.once('SIGTERM', terminate);
  const stop = async () => {
    process.off('exit', kill);
    process.off('SIGTERM', terminate);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(50)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await ready()) return stop;
  }
  await stop();
  throw new Error(`${describe(command)} did not become ready:\n${output()}`);
}

function start({ program, args, cwd, env }: Command): { child: ChildProcess; output: () => string } {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { child, output: () => Buffer.concat(chunks).toString() };
}

function describe({ program, args }: Command): string {
  return [program, ...args].join(' ');
}
