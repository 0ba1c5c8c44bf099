import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { planChildren } from '../../../operator/courier/plan.ts';
import { context, live } from './fixtures.ts';

const directory = join(import.meta.dirname, '../../../examples');
const files = (await readdir(directory)).filter((file) => file.endsWith('.yaml'));
/** These keep their audit in files on the machine. */
const oneMachineOnly = ['elasticmq.yaml', 'local.yaml'];

describe('the examples', () => {
  for (const file of files) {
    const outcome = oneMachineOnly.includes(file) ? 'needs a volume for its audit' : 'can be planned';
    it(`${file} ${outcome} in a cluster`, async () => {
      const courier = live(parse(await readFile(join(directory, file), 'utf8')));
      const { error, children } = planChildren(courier, context);
      assert.equal(error?.reason, oneMachineOnly.includes(file) ? 'AuditVolumeMissing' : undefined);
      assert.equal(children.length > 0, error === undefined);
    });
  }
});
