import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseManifests } from '../../api/manifest.ts';
import { formatProblem } from '../../api/problem.ts';
import { queueRegion } from '../../api/worker-config.ts';
import { parseWorkerConfig } from '../../api/worker-config-file.ts';

const directory = join(import.meta.dirname, '../../examples');
const files = (await readdir(directory)).filter((file) => file.endsWith('.yaml'));

describe('the examples', () => {
  it('are there', () => {
    for (const name of ['minimal', 'local', 'firehose', 'elasticmq', 'cluster', 'cross-account', 'audit-volume'])
      assert.ok(files.includes(`${name}.yaml`), name);
  });

  for (const file of files) {
    it(`${file} is valid, says how to run it, and has a region`, async () => {
      const text = await readFile(join(directory, file), 'utf8');
      const { couriers, problems } = parseManifests(text, file);
      assert.deepEqual(problems.map(formatProblem), []);
      assert.ok(couriers.every(({ courier }) => queueRegion(courier.spec.queue) !== undefined));
      assert.equal(parseWorkerConfig(text, file).warnings.length, 0);
      assert.match(text, new RegExp(`^# .*\\n(#.*\\n)*.*courier local -f examples/${file}`));
    });
  }

  it('begin with the smallest manifest there can be', async () => {
    const text = await readFile(join(directory, 'minimal.yaml'), 'utf8');
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.ok(lines.length <= 13, lines.join('\n'));
  });
});
