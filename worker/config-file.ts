import { readFile } from 'node:fs/promises';
import { decodeCourier } from '../api/courier.ts';
import { type ReadWorkerConfig, serializeWorkerConfig, type WorkerConfig, workerConfig } from '../api/worker-config.ts';

/**
 * Reads a worker's configuration file. What an operator of the same version has written is read as it was written; the
 * reader of manifests, which understands everything else and can say what is wrong, is loaded only when it is needed: its
 * YAML library alone is a quarter of a megabyte of source.
 *
 * @throws ManifestError with every problem of the file, and as the file system does.
 */
export async function readConfigFile(path: string): Promise<ReadWorkerConfig> {
  const text = await readFile(path, 'utf8');
  const config = asWritten(text);
  if (config !== undefined) return { config, warnings: [] };
  const { parseWorkerConfig } = await import('../api/worker-config-file.ts');
  return parseWorkerConfig(text, path);
}

/** The configuration that is written as `text`, to the letter; undefined when there is none. */
export function asWritten(text: string): WorkerConfig | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { courier, violations } = decodeCourier(manifest);
  if (courier === undefined || violations.length > 0) return undefined;
  const config = workerConfig(courier);
  return serializeWorkerConfig(config) === text ? config : undefined;
}
