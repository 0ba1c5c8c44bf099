import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCourier, manifestSchema } from '../../api/courier.ts';
import { formatPath } from '../../api/field-path.ts';
import type { Schema } from '../../api/schema.ts';
import { courierWith, nodesOf } from './manifests.ts';

const deadLetterUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead';
const https = { 'spec.recipient.url': 'https://orders/' };
const batch = { 'spec.recipient.batch.maxMessages': 10 };
const events = { 'spec.recipient.profile': 'CloudEvents' };

const oauth2Client = {
  'spec.recipient.authentication.oauth2.tokenUrl': 'https://login/',
  'spec.recipient.authentication.oauth2.clientSecretRef': { name: 'client' },
};

/** What else must be said for a field to be allowed at its bounds, or with one of its values. */
const companions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'spec.recipient.batch.maxBytes': batch,
  'spec.recipient.batch.maxAgeMilliseconds': { ...batch, 'spec.queue.visibilityTimeoutSeconds': 600 },
  'spec.recipient.batch.format': batch,
  'spec.recipient.batch.format=CloudEventsBatch': events,
  'spec.recipient.batch.partialFailures': batch,
  'spec.recipient.cloudEvents.mode': events,
  'spec.recipient.cloudEvents.type': events,
  'spec.recipient.cloudEvents.source': events,
  ...serviceCompanions('name', 'port', 'path'),
  'spec.recipient.authentication.oauth2.tokenUrl': {
    'spec.recipient.authentication.oauth2.clientSecretRef': { name: 'client' },
  },
  'spec.recipient.authentication.oauth2.clientSecretRef.name': {
    'spec.recipient.authentication.oauth2.tokenUrl': 'https://login/',
  },
  'spec.recipient.authentication.oauth2.audience': oauth2Client,
  'spec.recipient.authentication.oauth2.clientAuthentication': oauth2Client,
  'spec.recipient.authentication.bearer.secretKeyRef.name': {
    'spec.recipient.authentication.bearer.secretKeyRef.key': 'token',
  },
  'spec.recipient.authentication.bearer.secretKeyRef.key': {
    'spec.recipient.authentication.bearer.secretKeyRef.name': 'api',
  },
  'spec.recipient.tls.caSecretRef.name': { ...https, 'spec.recipient.tls.caSecretRef.key': 'ca.crt' },
  'spec.recipient.tls.caSecretRef.key': { ...https, 'spec.recipient.tls.caSecretRef.name': 'ca' },
  'spec.recipient.tls.clientCertificateSecretRef.name': https,
  'spec.recipient.tls.serverName': https,
  'spec.recipient.profile=StandardWebhooks': {
    'spec.recipient.signing': { secretKeyRefs: [{ name: 'hooks', key: 'current' }] },
  },
  'spec.scaling.minReplicas': { 'spec.scaling.maxReplicas': 1000 },
  'spec.delivery.backoff.initialMilliseconds': { 'spec.delivery.backoff.maxSeconds': 43200 },
  'spec.delivery.maxAttempts': { 'spec.queue.deadLetterUrl': deadLetterUrl },
  'spec.delivery.maxMessageAgeSeconds': { 'spec.queue.deadLetterUrl': deadLetterUrl },
  'spec.aws.externalId': { 'spec.aws.roleArn': 'arn:aws:iam::123456789012:role/orders' },
  'spec.recipient.rateLimit.perSeconds': { 'spec.recipient.rateLimit.messages': 1 },
  'spec.recipient.rateLimit.burst': { 'spec.recipient.rateLimit.messages': 1 },
  'spec.audit.file.volume.persistentVolumeClaim.claimName': {
    'spec.audit.firehose': undefined,
    'spec.audit.file.directory': '/audit',
  },
  'spec.audit.file.maxSegmentBytes': { 'spec.audit.firehose': undefined, 'spec.audit.file.directory': 'audit' },
};

function serviceCompanions(...names: readonly string[]): Record<string, Record<string, unknown>> {
  const fields = { 'spec.recipient.serviceRef.name': 'orders', 'spec.recipient.serviceRef.port': 80 };
  return Object.fromEntries(
    names.map((name) => [`spec.recipient.serviceRef.${name}`, { 'spec.recipient.url': undefined, ...fields }]),
  );
}

const fields = [...nodesOf(manifestSchema)]
  .map(({ path, schema }) => ({ field: path.join('.'), schema }))
  .filter(({ field }) => field.startsWith('spec.') && !field.includes('[]') && !field.includes('*'));

function violationsOf(field: string, value: unknown): readonly string[] {
  const others = { ...companions[field], ...companions[`${field}=${value}`] };
  const { violations } = decodeCourier(courierWith({ ...others, [field]: value }));
  return violations.map(({ path, message, remedy }) => `${formatPath(path)}: ${message}. ${remedy}`);
}

function integers(): readonly { field: string; minimum: number; maximum: number }[] {
  return fields.flatMap(({ field, schema: { minimum, maximum } }) =>
    minimum === undefined || maximum === undefined ? [] : [{ field, minimum, maximum }],
  );
}

describe('a whole number', () => {
  for (const { field, minimum, maximum } of integers()) {
    it(`${field} may be ${minimum} and ${maximum}, and nothing beyond`, () => {
      assert.deepEqual(violationsOf(field, minimum), []);
      assert.deepEqual(violationsOf(field, maximum), []);
      const remedy = `Write a whole number from ${minimum} to ${maximum}.`;
      const below = minimum - 1;
      assert.deepEqual(violationsOf(field, below), [`${field}: ${below} is below the minimum ${minimum}. ${remedy}`]);
      const above = maximum + 1;
      assert.deepEqual(violationsOf(field, above), [`${field}: ${above} is above the maximum ${maximum}. ${remedy}`]);
    });
  }

  it('is neither a fraction, nor a string, nor a duration', () => {
    const field = 'spec.scaling.idleAfterSeconds';
    const say = (seen: string, remedy: string) => [`${field}: must be a whole number, not ${seen}. ${remedy}`];
    const write = 'Write a whole number from 0 to 86400, without a unit.';
    assert.deepEqual(violationsOf(field, 1.5), say('the number 1.5', write));
    assert.deepEqual(violationsOf(field, Number.POSITIVE_INFINITY), say('the number Infinity', write));
    assert.deepEqual(violationsOf(field, '300'), say('the string "300"', 'Remove the quotes.'));
    assert.deepEqual(violationsOf(field, '5m'), say('the string "5m"', write));
    assert.deepEqual(violationsOf(field, true), say('the boolean true', write));
    assert.deepEqual(violationsOf(field, []), say('a list', write));
  });
});

describe('an enum', () => {
  for (const { field, schema } of fields.filter(({ schema }) => schema.enum !== undefined)) {
    it(`${field} is one of ${schema.enum?.join(', ')}`, () => {
      for (const value of schema.enum ?? []) assert.deepEqual(violationsOf(field, value), []);
      const [violation = ''] = violationsOf(field, 'x');
      assert.ok(violation.startsWith(`${field}: "x" is not one of ${schema.enum?.join(', ')}. `), violation);
    });
  }

  it('suggests the nearest value', () => {
    assert.match(violationsOf('spec.recipient.method', 'Post')[0] ?? '', /Did you mean POST\?$/);
    assert.match(violationsOf('spec.worker.logLevel', 'warning')[0] ?? '', /Did you mean warn\?$/);
    assert.match(violationsOf('spec.recipient.method', 'GET')[0] ?? '', /Write one of them\.$/);
  });
});

describe('a string', () => {
  for (const { field, schema } of fields.filter(({ schema }) => schema.maxLength !== undefined)) {
    it(`${field} has 1 to ${schema.maxLength} characters`, () => {
      const rest = field.endsWith('directory') ? { 'spec.audit.firehose': undefined } : {};
      const say = (value: string) =>
        decodeCourier(courierWith({ ...rest, ...companions[field], [field]: value })).violations.map(
          ({ message }) => message,
        );
      const tooLong = 'x'.repeat((schema.maxLength ?? 0) + 1);
      assert.deepEqual(say(''), ['is empty']);
      assert.deepEqual(say(tooLong), [
        `has ${tooLong.length} characters, more than the ${schema.maxLength} that are allowed`,
      ]);
    });
  }

  it('is counted in characters, not in UTF-16 units', () => {
    const directory = '😀'.repeat(1024);
    const { violations } = decodeCourier(courierWith({ 'spec.audit': { file: { directory } } }));
    assert.deepEqual(violations, []);
  });

  it('is not a number or a boolean that YAML made of it', () => {
    const remedy = 'Put it in quotes.';
    const field = 'spec.audit.firehose.deliveryStreamName';
    assert.deepEqual(violationsOf(field, 12), [`${field}: must be a string, not the number 12. ${remedy}`]);
    assert.deepEqual(violationsOf(field, true), [`${field}: must be a string, not the boolean true. ${remedy}`]);
    assert.deepEqual(violationsOf(field, {}), [`${field}: must be a string, not an object. Write a string.`]);
  });
});

describe('objects, lists and booleans', () => {
  it('are not something else', () => {
    const queue =
      'Write its fields below it: url, region, endpoint, deadLetterUrl, visibilityTimeoutSeconds, waitTimeSeconds.';
    assert.deepEqual(violationsOf('spec.queue', 'orders'), [
      `spec.queue: must be an object, not the string "orders". ${queue}`,
    ]);
    assert.deepEqual(violationsOf('spec.recipient.headers', { a: 'b' }), [
      'spec.recipient.headers: must be a list, not an object. Write each item on a line of its own that begins with "- ".',
    ]);
    assert.deepEqual(violationsOf('spec.suspend', 'yes'), [
      'spec.suspend: must be true or false, not the string "yes". Write true or false, without quotes.',
    ]);
  });

  it('are bounded and unique in lists of headers', () => {
    const header = (index: number) => ({ name: `x-${index}`, value: '' });
    const field = 'spec.recipient.headers';
    assert.deepEqual(
      violationsOf(
        field,
        Array.from({ length: 32 }, (_, index) => header(index)),
      ),
      [],
    );
    assert.deepEqual(
      violationsOf(
        field,
        Array.from({ length: 33 }, (_, index) => header(index)),
      ),
      [`${field}: has 33 items, more than the 32 that are allowed. Keep at most 32.`],
    );
    assert.deepEqual(violationsOf(field, [header(1), header(2), header(1)]), [
      `${field}[2]: is a second item with name "x-1". Keep one of them.`,
    ]);
  });

  it('tell what a missing field is for', () => {
    assert.deepEqual(violationsOf('spec.queue.url', undefined), [
      "spec.queue.url: is required and missing. Add it: the queue's URL, as SQS names it.",
    ]);
    for (const { field, schema } of fields) {
      for (const name of schema.required ?? []) {
        if (field.startsWith('spec.audit.')) continue;
        assert.match(violationsOf(`${field}.${name}`, undefined)[0] ?? '', /is required and missing/);
      }
    }
  });
});

/** Guards the loops above against a schema in which they would find nothing. */
it('fields of every kind were tested', () => {
  const count = (has: (schema: Schema) => boolean) => fields.filter(({ schema }) => has(schema)).length;
  assert.ok(integers().length >= 12);
  assert.ok(count((schema) => schema.enum !== undefined) >= 4);
  assert.ok(count((schema) => schema.maxLength !== undefined) >= 8);
});
