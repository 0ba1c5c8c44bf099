import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { allocatorEnvironment, nodeFlags } from '../../api/worker-runtime.ts';

it('the image runs Node as every other worker does', async () => {
  const dockerfile = await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const [, words = ''] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  assert.deepEqual(JSON.parse(words).slice(1, -1), nodeFlags);
  for (const [name, value] of Object.entries(allocatorEnvironment))
    assert.match(dockerfile, new RegExp(`^ENV ${name}=${value}$`, 'm'));
});
