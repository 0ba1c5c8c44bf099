import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import { serializeWorkerConfig, workerConfig } from '../../api/worker-config.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { layOutSecrets, type SecretSources } from './secret-directories.ts';
import { WorkerLogs } from './worker-log.ts';

/** The files that workers of this machine need: configurations and Secrets, in a directory that only we can read, and logs. */
export class WorkerFiles {
  readonly logs: WorkerLogs;
  readonly #directory: string;

  private constructor(directory: string, logs: WorkerLogs) {
    this.#directory = directory;
    this.logs = logs;
  }

  /**
   * @param logDirectory where logs go; a new temporary directory, which stays, when undefined.
   * @param report told in words when a log cannot be written or read.
   * @throws CommandError when the directory for the logs cannot be made.
   */
  static async create(logDirectory: string | undefined, report: (sentence: string) => void): Promise<WorkerFiles> {
    if (logDirectory !== undefined) await makeLogDirectory(logDirectory);
    const directory = await mkdtemp(join(tmpdir(), 'courier-'));
    const logs = new WorkerLogs(logDirectory ?? (await mkdtemp(join(tmpdir(), 'courier-logs-'))), report);
    return new WorkerFiles(directory, logs);
  }

  /** Writes what the workers of a Courier read at their start; resolves to the path. */
  async writeConfig(courier: Courier): Promise<string> {
    const path = join(this.#directory, `${courier.metadata.namespace}.${courier.metadata.name}.json`);
    await writeFile(path, serializeWorkerConfig(workerConfig(courier)), { mode: 0o600 });
    return path;
  }

  /**
   * Lays out the Secrets that a Courier names; resolves to the directory that its workers are to read them from.
   * @throws CommandError when one of them is nowhere.
   */
  async layOutSecrets(courier: Courier, sources: SecretSources): Promise<string> {
    const path = join(this.#directory, `${courier.metadata.namespace}.${courier.metadata.name}.secrets`);
    await layOutSecrets(courier, sources, path);
    return path;
  }

  /** Removes all but the logs. */
  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function makeLogDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const sentence = `The log directory ${directory} cannot be made (${why}): correct --log-dir.`;
    throw new CommandError(exitCodes.failed, sentence, { cause: error });
  }
}
