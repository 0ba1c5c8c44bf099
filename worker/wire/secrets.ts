import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '../../api/clock.ts';
import { environment } from '../../api/environment.ts';
import type { SecretKey } from '../../api/secret-keys.ts';
import type { WorkerLog } from '../log.ts';

/** How often the files are read again: Kubernetes brings a changed Secret to them within a minute or so. */
const rereadMs = 5_000;

/** Reads one key of a Secret; undefined where an optional one is missing. */
export type ReadSecret = (secret: string, key: string) => string | undefined;

/** Something made of secrets, as they are now. */
export type Derived<Value> = { readonly current: Value };

/** Where secrets come from. */
export interface SecretSource {
  /**
   * Makes something of secrets, now and whenever one of them has changed.
   *
   * @param make may throw, with a sentence that quotes no secret. What it made before then stays in use.
   * @throws what `make` throws the first time.
   */
  derive<Value>(make: (read: ReadSecret) => Value): Derived<Value>;
}

export type SecretsOptions = {
  /** Holds a directory for each Secret with a file for each key; undefined: there is none. */
  readonly directory: string | undefined;
  readonly keys: readonly SecretKey[];
  readonly clock: Clock;
  readonly log: WorkerLog;
};

/**
 * The Secrets that a Courier names, as files. They are read again every few seconds: what is made of them is made anew when
 * one has changed, so that a rotation needs no restart. While what is there cannot be used, what was there before is.
 */
export class Secrets implements SecretSource {
  readonly #options: SecretsOptions;
  readonly #makers: (() => void)[] = [];
  #values: ReadonlyMap<string, string>;
  #timer: Timer | undefined;

  private constructor(options: SecretsOptions, values: ReadonlyMap<string, string>) {
    this.#options = options;
    this.#values = values;
  }

  /** @throws Error with a sentence for the first key that is missing. */
  static async open(options: SecretsOptions): Promise<Secrets> {
    const secrets = new Secrets(options, await readAll(options));
    if (options.keys.length > 0) secrets.#schedule();
    return secrets;
  }

  derive<Value>(make: (read: ReadSecret) => Value): Derived<Value> {
    const read: ReadSecret = (secret, key) => this.#values.get(join(secret, key));
    const derived = { current: make(read) };
    this.#makers.push(() => {
      derived.current = make(read);
    });
    return derived;
  }

  close(): void {
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#schedule();
      void this.reread();
    }, rereadMs);
  }

  /** Reads the files again. What goes wrong goes to the log. */
  async reread(): Promise<void> {
    const values = await readAll(this.#options).catch((error: unknown) => this.#unusable(error));
    if (values === undefined || isSame(values, this.#values)) return;
    this.#values = values;
    this.#options.log.info('secrets have changed');
    for (const make of this.#makers) {
      try {
        make();
      } catch (error) {
        this.#unusable(error);
      }
    }
  }

  #unusable(error: unknown): undefined {
    this.#options.log.error('changed secrets cannot be used; the ones before stay in use', {
      error: error instanceof Error ? error.message : String(error),
    });
  }
}

async function readAll({ directory, keys }: SecretsOptions): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const roots = new Map<string, string>();
  for (const { secret, key, field, optional } of keys) {
    if (directory === undefined) {
      throw new Error(
        `${environment.secrets} is not set: it must name the directory with the Secrets that ${field} names`,
      );
    }
    const root = roots.get(secret) ?? (await consistentRoot(join(directory, secret)));
    roots.set(secret, root);
    const text = await readFile(join(root, key), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && optional) return undefined;
      throw new Error(unreadable(field, secret, key, directory, error), { cause: error });
    });
    if (text !== undefined) values.set(join(secret, key), text.replace(/\r?\n$/, ''));
  }
  return values;
}

/** Kubernetes replaces all files of a Secret at once, by a link: through its target, they are all of one version. */
async function consistentRoot(directory: string): Promise<string> {
  return await realpath(join(directory, '..data')).catch(() => directory);
}

function unreadable(
  field: string,
  secret: string,
  key: string,
  directory: string,
  error: NodeJS.ErrnoException,
): string {
  const why = error.code === 'ENOENT' ? 'is missing' : `cannot be read (${error.message})`;
  return `the key ${key} of the Secret ${secret} ${why}, which ${field} names: add it to the Secret, whose files are in ${join(directory, secret)}`;
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}
