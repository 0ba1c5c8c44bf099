import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { awsActions, operatorAwsPermissions, workerAwsPermissions } from '../../../operator/courier/aws-permissions.ts';
import { operatorAccess } from '../../../operator/courier/kube-permissions.ts';
import { planChildren } from '../../../operator/courier/plan.ts';
import { context, liveCourier } from './fixtures.ts';

const roleArn = 'arn:aws:iam::999999999999:role/orders';

describe("the workers' rights in AWS", () => {
  it('are what they call, on the queue and the stream that are named', () => {
    assert.deepEqual(workerAwsPermissions(liveCourier().spec), {
      identity: [
        {
          Sid: 'Deliver',
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
          Resource: 'arn:aws:sqs:eu-west-1:123456789012:orders',
        },
        {
          Sid: 'Audit',
          Effect: 'Allow',
          Action: ['firehose:PutRecordBatch', 'firehose:DescribeDeliveryStream'],
          Resource: 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/orders-audit',
        },
      ],
      role: [],
    });
  });

  it('let them send to the dead-letter queue, where there is one, and nothing else with it', () => {
    const deadLetterUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead';
    const { identity } = workerAwsPermissions(liveCourier({ 'spec.queue.deadLetterUrl': deadLetterUrl }).spec);
    const [statement] = identity.filter(({ Sid }) => Sid === 'DeadLetter');
    assert.deepEqual(
      [statement?.Action, statement?.Resource],
      [['sqs:SendMessage'], 'arn:aws:sqs:eu-west-1:123456789012:orders-dead'],
    );
  });

  it('are those of the role that is assumed, which is all that the identity may', () => {
    const { identity, role } = workerAwsPermissions(liveCourier({ 'spec.aws': { roleArn } }).spec);
    assert.deepEqual(identity, [
      { Sid: 'AssumeTheRole', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: roleArn },
    ]);
    assert.deepEqual(
      role.map(({ Resource }) => Resource),
      [
        'arn:aws:sqs:eu-west-1:123456789012:orders',
        'arn:aws:firehose:eu-west-1:999999999999:deliverystream/orders-audit',
      ],
    );
  });

  it('are none on a stream where there is none, and in the partition of the region', () => {
    const { identity } = workerAwsPermissions(
      liveCourier({
        'spec.queue.url': 'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders.fifo',
        'spec.audit': { none: {} },
      }).spec,
    );
    assert.deepEqual(
      identity.map(({ Resource }) => Resource),
      ['arn:aws-cn:sqs:cn-north-1:123456789012:orders.fifo'],
    );
  });
});

describe("the operator's rights in AWS", () => {
  it('are to look at the queue, and not into it', () => {
    const { identity } = operatorAwsPermissions(liveCourier().spec);
    assert.deepEqual(
      identity.flatMap(({ Action }) => Action),
      ['sqs:GetQueueAttributes'],
    );
  });
});

describe('the calls to AWS in the sources', () => {
  it('are exactly those that rights are asked for', async () => {
    const directory = join(import.meta.dirname, '../../../aws');
    const files = (await readdir(directory)).filter((file) => file.endsWith('.ts'));
    const sources = (await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')))).join('\n');
    const raw = [...sources.matchAll(/'(AmazonSQS|Firehose_\d+)\.(\w+)'/g)].map(([, service, call = '']) =>
      // A batch of SQS needs the right to the single call; PutRecordBatch is a right of its own.
      service === 'AmazonSQS' ? `sqs:${call.replace(/Batch$/, '')}` : `firehose:${call}`,
    );
    const sdk = [...sources.matchAll(/new (\w+)Command\(/g)].map(([, call = '']) =>
      /Stream|Record/.test(call) ? `firehose:${call}` : `sqs:${call}`,
    );
    const called = new Set([...raw, ...sdk]);
    assert.deepEqual([...called].sort(), awsActions.filter((action) => !action.startsWith('sts:')).sort());
  });
});

describe("the operator's rights in Kubernetes", () => {
  it('let it apply every child', () => {
    const plan = planChildren(liveCourier(), { ...context, podMonitors: true });
    for (const { apiVersion, kind } of plan.children) {
      const apiGroup = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
      const rule = operatorAccess.find(
        (one) => one.apiGroup === apiGroup && one.resource === `${kind.toLowerCase()}s` && !one.ownNamespace,
      );
      for (const verb of ['get', 'create', 'patch'] as const) assert.ok(rule?.verbs.includes(verb), `${verb} ${kind}`);
    }
  });

  it('let it delete what a plan can leave unwanted, and nothing else', () => {
    const deletes = operatorAccess.filter(({ verbs }) => verbs.includes('delete')).map(({ resource }) => resource);
    assert.deepEqual(deletes, ['serviceaccounts']);
  });

  it('do not let it list Secrets, write a spec, or run anything', () => {
    const verbsOf = (resource: string) =>
      operatorAccess.filter((rule) => rule.resource === resource).flatMap(({ verbs }) => verbs);
    assert.deepEqual(verbsOf('secrets'), ['get', 'create', 'get']);
    assert.deepEqual(verbsOf('couriers'), ['list', 'watch']);
    assert.deepEqual(verbsOf('pods'), ['list', 'watch', 'patch']);
    assert.deepEqual(verbsOf('pods/exec'), []);
    assert.ok(operatorAccess.every(({ resource, apiGroup }) => resource !== '*' && apiGroup !== '*'));
  });

  it('each say what they are for, and are asked for once', () => {
    const keys = operatorAccess.map(
      ({ apiGroup, resource, ownNamespace, names }) => `${apiGroup}/${resource}/${ownNamespace}/${names}`,
    );
    assert.equal(new Set(keys).size, keys.length);
    for (const { purpose } of operatorAccess) assert.match(purpose, /^[A-Z].*\.$/);
  });
});
