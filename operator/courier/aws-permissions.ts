import { parseQueueUrl } from '../../api/queue-url.ts';
import type { CourierSpec } from '../../api/v1alpha1.gen.ts';
import { queueRegion } from '../../api/worker-config.ts';
import type { QueuePort, SendPort, StreamPort } from '../../aws/ports.ts';

/** One statement of an IAM policy. */
export type PolicyStatement = {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
};

/** Who needs which rights in AWS. */
export type AwsPermissions = {
  /** What the identity of the pod, or the one in the Secret, must be allowed. */
  readonly identity: readonly PolicyStatement[];
  /** What the role must be allowed that `spec.aws.roleArn` names; empty without one. */
  readonly role: readonly PolicyStatement[];
};

/**
 * The IAM action behind each call of the worker's ports: a call that is added to a port does not compile until it is here.
 * The batch calls of SQS are allowed by the action of the single one.
 */
const queueActions: Readonly<Record<keyof QueuePort, string>> = {
  receive: 'sqs:ReceiveMessage',
  deleteBatch: 'sqs:DeleteMessage',
  changeVisibilityBatch: 'sqs:ChangeMessageVisibility',
};
const deadLetterActions: Readonly<Record<keyof SendPort, string>> = {
  sendBatch: 'sqs:SendMessage',
};
const streamActions: Readonly<Record<keyof StreamPort, string>> = {
  putRecords: 'firehose:PutRecordBatch',
};
/** The looks that go through the AWS SDK. */
const queueLook = 'sqs:GetQueueAttributes';
const streamLook = 'firehose:DescribeDeliveryStream';

/** Every action that anything of Courier's calls. */
export const awsActions: readonly string[] = [
  ...Object.values(queueActions),
  queueLook,
  ...Object.values(deadLetterActions),
  ...Object.values(streamActions),
  streamLook,
  'sts:AssumeRole',
];

type Spec = Pick<CourierSpec, 'queue' | 'audit' | 'aws'>;

/**
 * What the workers of a Courier need. A queue that is encrypted with a key of one's own needs kms:Decrypt on that key as
 * well, which the Courier does not name.
 */
export function workerAwsPermissions(spec: Spec): AwsPermissions {
  const { firehose } = spec.audit;
  return forIdentityOf(spec, [
    allow('Deliver', [...Object.values(queueActions), queueLook], queueArn(spec.queue, spec.queue.url)),
    ...(spec.queue.deadLetterUrl === undefined
      ? []
      : [allow('DeadLetter', Object.values(deadLetterActions), queueArn(spec.queue, spec.queue.deadLetterUrl))]),
    ...(firehose === undefined
      ? []
      : [allow('Audit', [...Object.values(streamActions), streamLook], streamArn(spec, firehose))]),
  ]);
}

/** What the operator needs for a Courier: to look at its queue, and nothing of what is in it. */
export function operatorAwsPermissions(spec: Spec): AwsPermissions {
  return forIdentityOf(spec, [allow('LookAtTheQueue', [queueLook], queueArn(spec.queue, spec.queue.url))]);
}

function forIdentityOf({ aws }: Spec, statements: readonly PolicyStatement[]): AwsPermissions {
  if (aws?.roleArn === undefined) return { identity: statements, role: [] };
  return { identity: [allow('AssumeTheRole', ['sts:AssumeRole'], aws.roleArn)], role: statements };
}

function allow(sid: string, actions: readonly string[], resource: string): PolicyStatement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resource };
}

/** The ARN of the queue at `url`, which is in the region of `queue` unless its host names another. */
function queueArn(queue: Spec['queue'], url: string): string {
  const { name, accountId, region = queueRegion(queue) ?? '*' } = parseQueueUrl(url);
  return `arn:${partitionOf(region)}:sqs:${region}:${accountId}:${name}`;
}

/** The stream is in the account of the credentials: that of the role, else, most likely, that of the queue. */
function streamArn(
  { queue, aws }: Spec,
  { deliveryStreamName, region = queueRegion(queue) ?? '*' }: { deliveryStreamName: string; region?: string },
): string {
  const accountId = aws?.roleArn?.split(':')[4] ?? parseQueueUrl(queue.url).accountId;
  return `arn:${partitionOf(region)}:firehose:${region}:${accountId}:deliverystream/${deliveryStreamName}`;
}

/** Partitions by the beginning of their regions' names, as in the AWS SDK's table of partitions. */
const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
  ['eusc-', 'aws-eusc'],
];

function partitionOf(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}
