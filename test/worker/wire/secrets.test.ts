import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { SecretKey } from '../../../api/secret-keys.ts';
import { Secrets } from '../../../worker/wire/secrets.ts';
import { temporaryDirectory } from '../../cli/run-cli.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { recordingLog } from '../../support/worker-log.ts';

const field = 'spec.recipient.signing.secretKeyRefs[0]';
const keys: readonly SecretKey[] = [
  { secret: 'hooks', key: 'user', field },
  { secret: 'hooks', key: 'word', field },
  { secret: 'hooks', key: 'extra', field, optional: true },
];

/** The directory of a Secret as the kubelet writes it: files are links through `..data`, which is replaced as a whole. */
async function project(directory: string, version: string, values: Readonly<Record<string, string>>): Promise<void> {
  const secret = join(directory, 'hooks');
  await mkdir(join(secret, version), { recursive: true });
  for (const [key, value] of Object.entries(values)) {
    await writeFile(join(secret, version, key), value);
    await symlink(join('..data', key), join(secret, key)).catch(() => {});
  }
  await symlink(version, join(secret, '..next'));
  await rename(join(secret, '..next'), join(secret, '..data'));
}

async function opened(t: TestContext) {
  const directory = await temporaryDirectory(t);
  await project(directory, '..1', { user: 'me\n', word: 'one' });
  const clock = new VirtualClock();
  const { log, lines } = recordingLog(clock);
  const secrets = await Secrets.open({ directory, keys, clock, log });
  return { clock, directory, lines, secrets };
}

describe('the secrets of a worker', () => {
  it('are what the files hold, without a line break at their end', async (t) => {
    const { secrets } = await opened(t);
    const { current } = secrets.derive((read) => ['user', 'word', 'extra'].map((key) => read('hooks', key)));
    assert.deepEqual(current, ['me', 'one', undefined]);
    secrets.close();
  });

  it('are read again every five seconds, and what is made of them is made anew when they have changed', async (t) => {
    const { clock, directory, secrets } = await opened(t);
    let made = 0;
    const changed = Promise.withResolvers<void>();
    const derived = secrets.derive((read) => {
      if (++made === 2) changed.resolve();
      return `${read('hooks', 'user')}:${read('hooks', 'word')}`;
    });
    await secrets.reread();
    assert.equal(made, 1, 'nothing has changed');
    await project(directory, '..2', { user: 'you', word: 'two' });
    await clock.advance(5_000);
    await changed.promise;
    assert.equal(derived.current, 'you:two');
    secrets.close();
    assert.equal(clock.pending, 0);
  });

  it('stay as they were while those that are there cannot be used, and are tried again', async (t) => {
    const { directory, lines, secrets } = await opened(t);
    const derived = secrets.derive((read) => {
      if (read('hooks', 'word') === 'bad') throw new Error('the word is bad');
      return read('hooks', 'word');
    });
    const other = secrets.derive((read) => read('hooks', 'word'));
    await project(directory, '..2', { user: 'me', word: 'bad' });
    await secrets.reread();
    assert.deepEqual([derived.current, other.current], ['one', 'bad']);
    await rm(join(directory, 'hooks', '..data'));
    await secrets.reread();
    assert.equal(derived.current, 'one');
    assert.match(String(lines.find(({ level }) => level === 'error')?.fields.error), /the word is bad/);
    await project(directory, '..3', { user: 'me', word: 'three' });
    await secrets.reread();
    assert.equal(derived.current, 'three');
    secrets.close();
  });

  it('must be there at the start, or what is missing is told by its field', async (t) => {
    const { directory, lines: _lines, clock, secrets } = await opened(t);
    secrets.close();
    const { log } = recordingLog(clock);
    const gone = [{ secret: 'hooks', key: 'gone', field }];
    await assert.rejects(
      Secrets.open({ directory, keys: gone, clock, log }),
      /the key gone of the Secret hooks is missing, which spec\.recipient\.signing\.secretKeyRefs\[0\] names: add it/,
    );
    await assert.rejects(
      Secrets.open({ directory: undefined, keys: gone, clock, log }),
      /COURIER_SECRETS is not set: it must name the directory/,
    );
  });
});
