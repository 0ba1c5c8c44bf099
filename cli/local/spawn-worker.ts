import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { environment } from '../../api/environment.ts';
import { allocatorEnvironment, nodeFlags } from '../../api/worker-runtime.ts';
import type { WorkerLogs } from './worker-log.ts';
import type { SpawnWorker } from './worker-process.ts';

export type SpawnOptions = {
  /** The script that runs a worker when it is given the argument `worker`: this program itself. */
  readonly entry: string;
  readonly configPath: string;
  readonly logs: WorkerLogs;
  /** Added to this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
};

/**
 * Starts workers as processes of their own group: a Ctrl-C at the terminal reaches only us, and we then ask them to drain.
 * A worker notices by its IPC channel when we are gone, and drains as well.
 */
export function workerSpawner({ entry, configPath, logs, env }: SpawnOptions): SpawnWorker {
  return (name, events) => {
    const log = logs.open(name);
    const output = log ?? 'ignore';
    const child = spawn(process.execPath, [...nodeFlags, entry, 'worker'], {
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
      env: {
        ...process.env,
        ...allocatorEnvironment,
        ...env,
        [environment.config]: configPath,
        [environment.worker]: name,
        [environment.listen]: '127.0.0.1:0',
      },
    });
    if (log !== undefined) closeSync(log);
    child.on('message', (message) => {
      if (isListening(message)) events.listening(message.port);
    });
    // A process that could not be started at all ends with an error instead of an exit.
    child.once('error', () => events.exited({ code: 1, signal: null }));
    child.once('exit', (code, signal) => events.exited({ code, signal }));
    return {
      pid: child.pid,
      terminate: () => child.kill('SIGTERM'),
      kill: () => child.kill('SIGKILL'),
    };
  };
}

function isListening(message: unknown): message is { readonly port: number } {
  return (
    typeof message === 'object' &&
    message !== null &&
    'event' in message &&
    message.event === 'listening' &&
    'port' in message &&
    typeof message.port === 'number'
  );
}
