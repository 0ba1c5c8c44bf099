import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { serializeWorkerConfig } from '../../api/worker-config.ts';
import { asWritten, readConfigFile } from '../../worker/config-file.ts';
import { workerConfigOf } from './virtual-worker.ts';

const config = workerConfigOf('https://sqs.us-east-1.amazonaws.com/123456789012/orders', { region: undefined }, {});
const written = serializeWorkerConfig(config);

describe("a worker's configuration file", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'courier-config-'));
  });
  after(() => rm(directory, { recursive: true }));

  async function read(text: string) {
    const path = join(directory, 'courier.json');
    await writeFile(path, text);
    return await readConfigFile(path);
  }

  it('is read without the reader of manifests when it is what an operator writes', async () => {
    assert.deepEqual(asWritten(written), config);
    assert.deepEqual(await read(written), { config, warnings: [] });
  });

  for (const [what, text] of [
    ['YAML', 'kind: Courier'],
    ['written by hand', written.replaceAll('  ', ' ')],
    ['with a field twice', written.replace('"kind"', '"kind": "Other",\n  "kind"')],
    ['with a field that is unknown', written.replace('"spec": {', '"spec": {\n    "zebra": 1,')],
    ['with a value that is refused', written.replace('"maxPerReplica": 64', '"maxPerReplica": 0')],
  ] as const) {
    it(`is left to the reader of manifests when it is ${what}`, () => {
      assert.notEqual(text, written);
      assert.equal(asWritten(text), undefined);
    });
  }

  it('may be of a newer operator: what is unknown becomes a warning', async () => {
    const newer = await read(written.replace('"spec": {', '"spec": {\n    "zebra": 1,'));
    assert.deepEqual(newer.config, config);
    assert.match(newer.warnings[0]?.message ?? '', /not a field of a Courier/);
  });

  it('says what is wrong with it, and where', async () => {
    await assert.rejects(read(written.replace('"maxPerReplica": 64', '"maxPerReplica": 0')), /maxPerReplica/);
  });
});
