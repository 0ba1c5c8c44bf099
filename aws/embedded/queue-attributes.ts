import { invalidParameter, ServiceError } from './errors.ts';

/** What a queue does, read from its attributes. */
export type QueueSettings = {
  readonly fifo: boolean;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly maximumMessageBytes: number;
  readonly receiveWaitSeconds: number;
  readonly redrive: RedrivePolicy | undefined;
  readonly contentBasedDeduplication: boolean;
  /** Whether deduplication ids count in the whole queue or in each message group. */
  readonly deduplicationScope: 'queue' | 'messageGroup';
};

export type RedrivePolicy = { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };

/** A queue's attributes as its owner set them, defaults included. */
export type QueueAttributes = Readonly<Record<string, string>>;

type IntegerRule = { readonly default: number; readonly min: number; readonly max: number };

/** Defaults and bounds of the SQS API reference, `SetQueueAttributes`; sizes in bytes, times in seconds. */
const integers: Readonly<Record<string, IntegerRule>> = {
  DelaySeconds: { default: 0, min: 0, max: 900 },
  MaximumMessageSize: { default: 1_048_576, min: 1024, max: 1_048_576 },
  MessageRetentionPeriod: { default: 345_600, min: 60, max: 1_209_600 },
  ReceiveMessageWaitTimeSeconds: { default: 0, min: 0, max: 20 },
  VisibilityTimeout: { default: 30, min: 0, max: 43_200 },
};

const choices: Readonly<Record<string, readonly string[]>> = {
  SqsManagedSseEnabled: ['true', 'false'],
  FifoQueue: ['true'],
  ContentBasedDeduplication: ['false', 'true'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
};

const fifoOnly: ReadonlySet<string> = new Set([
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
]);

/** Attributes that are kept and shown, and mean nothing here. */
const opaque: ReadonlySet<string> = new Set([
  'Policy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
]);

/** Whether some queue may have an attribute of this name that its owner set. */
export function isAttribute(name: string): boolean {
  return Object.hasOwn(integers, name) || Object.hasOwn(choices, name) || opaque.has(name) || name === 'RedrivePolicy';
}

/** The attributes of a queue that nobody has set anything on. */
export function defaultAttributes(fifo: boolean): QueueAttributes {
  const attributes: Record<string, string> = {};
  for (const [name, rule] of Object.entries(integers)) attributes[name] = String(rule.default);
  for (const [name, [first]] of Object.entries(choices)) {
    if (first !== undefined && (fifo || !fifoOnly.has(name))) attributes[name] = first;
  }
  return attributes;
}

/**
 * Checks attributes that somebody wants to set and puts them over the present ones. An empty value removes one.
 * @throws ServiceError `InvalidAttributeName` or `InvalidAttributeValue`
 */
export function withAttributes(present: QueueAttributes, wanted: QueueAttributes, fifo: boolean): QueueAttributes {
  for (const [name, value] of Object.entries(wanted)) check(name, value, fifo);
  const merged = { ...present, ...wanted };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

/** What a queue's attributes say. */
export function settingsOf(attributes: QueueAttributes): QueueSettings {
  const seconds = (name: string): number => Number(attributes[name]);
  return {
    fifo: attributes.FifoQueue === 'true',
    visibilityTimeoutSeconds: seconds('VisibilityTimeout'),
    delaySeconds: seconds('DelaySeconds'),
    retentionSeconds: seconds('MessageRetentionPeriod'),
    maximumMessageBytes: Number(attributes.MaximumMessageSize),
    receiveWaitSeconds: seconds('ReceiveMessageWaitTimeSeconds'),
    redrive: attributes.RedrivePolicy === undefined ? undefined : parseRedrivePolicy(attributes.RedrivePolicy),
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    deduplicationScope: attributes.DeduplicationScope === 'messageGroup' ? 'messageGroup' : 'queue',
  };
}

function check(name: string, value: string, fifo: boolean): void {
  const rule = integers[name];
  const choice = choices[name];
  if (!isAttribute(name)) throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  if (!fifo && fifoOnly.has(name)) {
    throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}: the queue is not a FIFO queue.`);
  }
  if (rule !== undefined && !(/^\d+$/.test(value) && Number(value) >= rule.min && Number(value) <= rule.max)) {
    throw invalidAttribute(name, value, `Must be between ${rule.min} and ${rule.max}.`);
  }
  if (choice !== undefined && !choice.includes(value)) {
    throw invalidAttribute(name, value, `Must be one of ${choice.join(', ')}.`);
  }
  if (name === 'RedrivePolicy' && value !== '') parseRedrivePolicy(value);
}

/** Reads a redrive policy. `maxReceiveCount` may be a number or its text, 1 to 1,000. */
function parseRedrivePolicy(value: string): RedrivePolicy {
  let policy: unknown;
  try {
    policy = JSON.parse(value);
  } catch {
    throw invalidParameter('RedrivePolicy', value, 'Redrive policy is not a valid JSON map.');
  }
  const { deadLetterTargetArn, maxReceiveCount } = (policy ?? {}) as Record<string, unknown>;
  if (typeof deadLetterTargetArn !== 'string') {
    throw invalidParameter(
      'RedrivePolicy',
      value,
      'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.',
    );
  }
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalidParameter('RedrivePolicy', value, 'Invalid value for maxReceiveCount: must be between 1 and 1000.');
  }
  return { deadLetterTargetArn, maxReceiveCount: count };
}

function invalidAttribute(name: string, value: string, reason: string): ServiceError {
  return new ServiceError(
    'InvalidAttributeValue',
    `Invalid value ${value} for the parameter ${name}. Reason: ${reason}`,
  );
}
