import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { manifest } from '../manifests.ts';
import { runCli, temporaryDirectory, write } from '../run-cli.ts';

const orders = manifest();
const overfull = manifest({
  recipient: '{ url: "http://127.0.0.1:9/", concurrency: { maxPerReplica: 1000 } }',
  scaling: '{ maxReplicas: 100 }',
});

/** A repository with Couriers among other things. */
async function repository(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, 'node_modules'));
  for (const [name, text] of Object.entries(files)) await write(directory, name, text);
  return directory;
}

test('a directory is read as it is: what is no Courier is passed over, packages are not looked at', async (t) => {
  const directory = await repository(t, {
    'orders.yaml': orders,
    'workflow.yml': 'jobs: {}',
    'service.yaml': 'apiVersion: v1\nkind: Service\n',
    'notes.txt': ': no YAML',
    'node_modules/bad.yaml': 'apiVersion: courier.dev/v1alpha1\nkind: Courer\n',
  });
  const { exitCode, stdout } = await runCli(t, ['validate', directory]);
  assert.equal(stdout, '1 valid Courier in 1 file: 0 problems, 0 warnings.\n');
  assert.equal(exitCode, 0);
});

test('every problem of every file is told with its place, and ends with 2', async (t) => {
  const directory = await repository(t, {
    'a.yaml': manifest({ scaling: '{ maxReplicas: 2, minReplica: 1 }' }),
    'b.yaml': manifest({ recipient: '{ url: "orders" }' }),
  });
  const { exitCode, stdout } = await runCli(t, ['validate', join(directory, 'a.yaml'), join(directory, 'b.yaml')]);
  const [first = '', second = '', end = ''] = stdout.split('\n');
  assert.match(first, /a\.yaml:8:\d+: spec\.scaling\.minReplica: .* minReplicas\?/);
  assert.match(second, /b\.yaml:6:\d+: spec\.recipient\.url: /);
  assert.match(end, /^\d valid Couriers? in 2 files: 2 problems, 0 warnings\.$/);
  assert.equal(exitCode, 2);
});

test('a warning stands where its field stands, and fails only when that is asked for', async (t) => {
  const directory = await repository(t, { 'orders.yaml': overfull });
  const lax = await runCli(t, ['validate', directory]);
  assert.match(lax.stdout, /^warning: .*orders\.yaml:8:\d+: spec\.scaling\.maxReplicas: 100 workers/);
  assert.equal(lax.exitCode, 0);
  assert.equal((await runCli(t, ['validate', '--strict', directory])).exitCode, 2);
});

test('JSON has everything that a tool needs to point at a place', async (t) => {
  const directory = await repository(t, { 'orders.yaml': overfull });
  const { stdout } = await runCli(t, ['validate', '--json', directory]);
  const { couriers, problems, warnings } = JSON.parse(stdout);
  assert.deepEqual(couriers, [{ namespace: 'shop', name: 'orders', file: join(directory, 'orders.yaml'), line: 1 }]);
  assert.deepEqual(problems, []);
  assert.deepEqual([warnings[0].line, warnings[0].path], [8, 'spec.scaling.maxReplicas']);
});

test('what AWS says of a queue is held against its Courier and no other', async (t) => {
  const queue = (name: string) =>
    JSON.stringify({
      Attributes: {
        QueueArn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
        RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":"1"}',
      },
    });
  const directory = await repository(t, { 'orders.yaml': orders });
  const facts = await temporaryDirectory(t);
  const ours = await write(facts, 'ours.json', queue('orders'));
  const other = await write(facts, 'other.json', queue('returns'));
  const validate = (...files: string[]) =>
    runCli(t, ['validate', directory, ...files.flatMap((file) => ['--queue-attributes', file])]);
  assert.match((await validate(other, ours)).stdout, /spec\.queue\.url: .* after 1 receives/);
  assert.match((await validate(other)).stdout, /0 warnings/);
  const wrong = await validate(join(directory, 'orders.yaml'));
  assert.match(wrong.stderr, /orders\.yaml cannot be read: /);
  assert.equal(wrong.exitCode, 2);
});

test('no Courier anywhere, and a path that is not there, are said', async (t) => {
  const directory = await repository(t, { 'workflow.yml': 'jobs: {}' });
  const none = await runCli(t, ['validate', directory]);
  assert.match(none.stderr, /^There is no Courier in .*: name a file that has one\.\n$/);
  assert.equal(none.exitCode, 2);
  const missing = await runCli(t, ['validate', join(directory, 'nowhere')]);
  assert.match(missing.stderr, /nowhere cannot be read: ENOENT/);
  assert.equal(missing.exitCode, 2);
});
