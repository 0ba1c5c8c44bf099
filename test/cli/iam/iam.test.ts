import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli } from '../run-cli.ts';

const examples = join(import.meta.dirname, '../../../examples');

test('iam prints a policy for everybody who calls AWS', async (t) => {
  const { exitCode, stdout } = await runCli(t, ['iam', '-f', join(examples, 'minimal.yaml'), '--json']);
  assert.equal(exitCode, 0);
  const [workers, operator, ...others] = JSON.parse(stdout);
  assert.deepEqual(others, []);
  assert.deepEqual([workers.courier, workers.whose], ['shop/orders', 'the identity of the workers']);
  assert.equal(workers.policy.Version, '2012-10-17');
  assert.deepEqual(
    workers.policy.Statement.map(({ Resource }: { Resource: string }) => Resource),
    [
      'arn:aws:sqs:eu-west-1:123456789012:orders',
      'arn:aws:firehose:eu-west-1:123456789012:deliverystream/orders-audit',
    ],
  );
  assert.deepEqual(operator.policy.Statement[0].Action, ['sqs:GetQueueAttributes']);
});

test('where a role is assumed, there is a policy for the role and one for who assumes it', async (t) => {
  const { stdout } = await runCli(t, ['iam', '-f', join(examples, 'cross-account.yaml')]);
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.startsWith('#')),
    [
      '# shop/partner-orders: the workers, by the keys in the Secret aws',
      '# shop/partner-orders: the role arn:aws:iam::999999999999:role/courier, for the workers',
      '# shop/partner-orders: the operator, by the keys in the Secret aws',
      '# shop/partner-orders: the role arn:aws:iam::999999999999:role/courier, for the operator',
    ],
  );
});
