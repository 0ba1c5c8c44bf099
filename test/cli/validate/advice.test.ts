import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCourier } from '../../../api/courier.ts';
import { formatPath } from '../../../api/field-path.ts';
import { readQueueAttributes } from '../../../aws/queue-attributes.ts';
import { adviseOn } from '../../../cli/validate/advice.ts';
import { courierWith } from '../../api/manifests.ts';

const deadLetters = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead';
const limited = { 'spec.delivery.maxAttempts': 5, 'spec.queue.deadLetterUrl': deadLetters };

type Case = {
  readonly name: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly queue?: Readonly<Record<string, string>>;
  /** Where advice is given, and what it says. */
  readonly expected: readonly (readonly [path: string, message: RegExp])[];
};

const cases: readonly Case[] = [
  { name: 'the smallest Courier is well as it is', expected: [] },
  {
    name: 'more messages than SQS lets be in flight',
    fields: { 'spec.scaling.maxReplicas': 200, 'spec.recipient.concurrency.maxPerReplica': 481 },
    expected: [['spec.scaling.maxReplicas', /200 workers with 481 requests each would hold 96,200 messages/]],
  },
  {
    name: 'as many messages as may be in flight',
    fields: { 'spec.scaling.maxReplicas': 200, 'spec.recipient.concurrency.maxPerReplica': 480 },
    expected: [],
  },
  {
    name: 'files without a volume are for one machine',
    fields: { 'spec.audit': { file: { directory: '/audit' } } },
    expected: [
      ['spec.audit.file', /^on a cluster, the audit goes to files in \/audit, and no volume is mounted there/],
    ],
  },
  {
    name: 'a pod template that cannot be merged',
    fields: { 'spec.worker.podTemplate': { spec: { containers: 'worker' } } },
    expected: [['spec.worker.podTemplate', /^on a cluster, /]],
  },
  {
    name: 'a secret in a URL',
    fields: { 'spec.recipient.url': 'https://orders.example.com/?page=1&access_token=hunter2' },
    expected: [['spec.recipient.url', /^"access_token" is in the query, and (?!.*hunter2)/]],
  },
  {
    name: 'a secret in the path of a Service',
    fields: { 'spec.recipient': { serviceRef: { name: 'orders', port: 80, path: '/events?sig=hunter2' } } },
    expected: [['spec.recipient.serviceRef.path', /^"sig" is in the query, and (?!.*hunter2)/]],
  },
  {
    name: 'secrets that are written out in headers and variables',
    fields: {
      'spec.recipient.headers': [
        { name: 'x-tenant', value: 'shop' },
        { name: 'X-Api-Key', value: 'hunter2' },
        { name: 'Authorization', value: 'Basic hunter2' },
        { name: 'x-auth-token', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
      ],
      'spec.worker.env': [
        { name: 'PROXY_PASSWORD', value: 'hunter2' },
        { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/var/run/token' },
        { name: 'OTHER_PASSWORD', valueFrom: { secretKeyRef: { name: 'keys', key: 'other' } } },
      ],
    },
    expected: [
      ['spec.recipient.headers[1].value', /^the value of the header X-Api-Key is written out/],
      ['spec.recipient.headers[2].value', /^the value of the header Authorization is written out/],
      ['spec.worker.env[0].value', /^the value of the variable PROXY_PASSWORD is written out/],
    ],
  },
  {
    name: 'a queue that gives a message up too soon',
    queue: { RedrivePolicy: redrive(2) },
    expected: [['spec.queue.url', /after 2 receives/]],
  },
  {
    name: 'attempts that the queue does not wait for',
    fields: limited,
    queue: { RedrivePolicy: redrive(5) },
    expected: [['spec.delivery.maxAttempts', /^5 attempts are never reached: .* after 5 receives$/]],
  },
  { name: 'attempts that the queue waits for', fields: limited, queue: { RedrivePolicy: redrive(6) }, expected: [] },
  {
    name: 'retries that outlive their message',
    fields: { ...limited, 'spec.delivery.backoff': { initialMilliseconds: 60_000, maxSeconds: 900 } },
    queue: { RedrivePolicy: redrive(6), MessageRetentionPeriod: '900' },
    // 60 + 120 + 240 + 480
    expected: [['spec.delivery.backoff.maxSeconds', /^5 attempts may take 900 s, .* after 900 s$/]],
  },
  {
    name: 'retries that end in time',
    fields: { ...limited, 'spec.delivery.backoff': { initialMilliseconds: 60_000, maxSeconds: 900 } },
    queue: { RedrivePolicy: redrive(6), MessageRetentionPeriod: '901' },
    expected: [],
  },
];

function redrive(maxReceiveCount: number): string {
  return JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:123456789012:dead', maxReceiveCount });
}

describe('advice', () => {
  for (const { name, fields = {}, queue, expected } of cases) {
    it(name, () => {
      const { courier, violations } = decodeCourier(courierWith(fields));
      assert.ok(courier !== undefined, JSON.stringify(violations));
      const attributes = queue && readQueueAttributes(courier.spec.queue.url, queue);
      const advice = adviseOn(courier, attributes);
      assert.deepEqual(
        advice.map(({ path }) => formatPath(path)),
        expected.map(([path]) => path),
      );
      for (const [index, [, message]] of expected.entries()) assert.match(advice[index]?.message ?? '', message);
      for (const { message, remedy } of advice) assert.ok(!message.endsWith('.') && remedy.endsWith('.'), remedy);
    });
  }
});
