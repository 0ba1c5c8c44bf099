import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { environment } from '../../api/environment.ts';
import type { ManifestSecret } from '../../api/manifest-secret.ts';
import { secretKeysOf, secretNamesOf } from '../../api/secret-keys.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';

/** Where the Secrets of a Courier may come from on one machine. */
export type SecretSources = {
  /** Those of the manifest. */
  readonly secrets: readonly ManifestSecret[];
  /** The directory of `COURIER_SECRETS`: one directory for each Secret, with a file for each key. */
  readonly directory: string | undefined;
};

/**
 * Lays out the Secrets that a Courier names as its workers read them: those of the manifest as files, others as links to
 * where they are, so that a change there reaches the workers.
 *
 * @param directory is made; only its owner may read what is in it.
 * @throws CommandError that names the field when a Secret is nowhere.
 */
export async function layOutSecrets(courier: Courier, sources: SecretSources, directory: string): Promise<void> {
  const { namespace } = courier.metadata;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of secretNamesOf(courier.spec)) {
    const secret = sources.secrets.find((candidate) => candidate.name === name && candidate.namespace === namespace);
    const path = join(directory, name);
    if (secret !== undefined) {
      await mkdir(path, { mode: 0o700 });
      for (const [key, value] of secret.values) await writeFile(join(path, key), value, { mode: 0o600 });
    } else if (sources.directory !== undefined && (await isDirectory(join(sources.directory, name)))) {
      await symlink(resolve(sources.directory, name), path);
    } else {
      throw missing(courier, name);
    }
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function missing({ metadata, spec }: Courier, name: string): CommandError {
  const field = secretKeysOf(spec).find(({ secret }) => secret === name)?.field;
  const sentence = `${field} names the Secret ${name}, which is not there: add it to the manifest (namespace ${metadata.namespace}), or its files to a directory ${name} in that of ${environment.secrets}`;
  return new CommandError(exitCodes.wrong, `${metadata.name}: ${sentence}.`);
}
