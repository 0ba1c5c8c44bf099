import fc from 'fast-check';
import { manifestSchema } from '../../api/courier.ts';
import type { FieldPath } from '../../api/field-path.ts';
import { type Schema, typeOf } from '../../api/schema.ts';
import { rulesOf } from './manifests.ts';

const host = fc.stringMatching(/^[a-z]{1,10}(\.[a-z]{1,8})?$/);
const origin = fc
  .tuple(fc.constantFrom('http', 'https'), host, fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined }))
  .map(([scheme, name, port]) => `${scheme}://${name}${port === undefined ? '' : `:${port}`}`);
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const key = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,19}$/);
const label = fc.stringMatching(/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,20}[A-Za-z0-9])?)?$/);
const quantity = fc.constantFrom('1', '500m', '256Mi', '1e3', '.5');
const region = fc.constantFrom('eu-west-1', 'us-gov-east-1', 'elasticmq');

/** Strings that satisfy the rules on them, by the path of their field. */
const ruled: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'metadata.name': fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$/),
  'metadata.namespace': fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  'spec.queue.url': fc
    .tuple(origin, fc.stringMatching(/^[0-9]{12}\/[A-Za-z0-9_-]{1,20}(\.fifo)?$/))
    .map(([base, path]) => `${base}/${path}`),
  'spec.queue.deadLetterUrl': fc
    .stringMatching(/^dead-[A-Za-z0-9_-]{1,20}$/)
    .map((queue) => `https://sqs.eu-west-1.amazonaws.com/123456789012/${queue}`),
  'spec.queue.region': region,
  'spec.queue.endpoint': origin,
  'spec.recipient.url': fc.tuple(origin, fc.constantFrom('', '/', '/a/b?c=d')).map(([base, path]) => `${base}${path}`),
  'spec.recipient.contentType': fc.constantFrom('application/json', 'text/plain; charset=utf-8', 'a/b+c'),
  'spec.recipient.headers.[].name': fc.stringMatching(/^x-[a-z0-9-]{1,20}$/),
  'spec.recipient.headers.[].value': fc.stringMatching(/^[ -~]{0,40}$/),
  'spec.recipient.headers.[].valueFrom.secretKeyRef.name': name,
  'spec.recipient.headers.[].valueFrom.secretKeyRef.key': key,
  'spec.recipient.signing.secretKeyRefs.[].name': name,
  'spec.recipient.signing.secretKeyRefs.[].key': key,
  'spec.recipient.serviceRef.name': fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/),
  'spec.recipient.serviceRef.path': fc.constantFrom('/', '/events?x=1'),
  'spec.recipient.authentication.bearer.secretKeyRef.name': name,
  'spec.recipient.authentication.bearer.secretKeyRef.key': key,
  'spec.recipient.authentication.basic.secretRef.name': name,
  'spec.recipient.authentication.oauth2.tokenUrl': origin,
  'spec.recipient.authentication.oauth2.clientSecretRef.name': name,
  'spec.recipient.authentication.oauth2.scopes.[]': fc.constantFrom('orders:write', 'audit'),
  'spec.recipient.tls.caSecretRef.name': name,
  'spec.recipient.tls.caSecretRef.key': key,
  'spec.recipient.tls.clientCertificateSecretRef.name': name,
  'spec.recipient.tls.serverName': host,
  'spec.recipient.cloudEvents.source': fc.constantFrom('/shop/orders', 'urn:shop:orders'),
  'spec.delivery.rules.[].statuses.[]': fc.constantFrom('404', '5xx', '500-504'),
  'spec.delivery.rules.[].header.name': fc.stringMatching(/^[A-Za-z-]{1,20}$/),
  'spec.audit.firehose.deliveryStreamName': fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/),
  'spec.audit.firehose.region': region,
  'spec.audit.firehose.endpoint': origin,
  'spec.audit.file.volume.persistentVolumeClaim.claimName': name,
  'spec.aws.roleArn': name.map((role) => `arn:aws:iam::123456789012:role/${role}`),
  'spec.aws.externalId': fc.stringMatching(/^[A-Za-z0-9_+=,.@:/-]{2,40}$/),
  'spec.aws.credentialsSecretRef.name': name,
  'spec.worker.image': fc.constantFrom('courier', 'registry.example.com:5000/team/courier:1.2', 'a/b'),
  'spec.worker.serviceAccountName': name,
  'spec.worker.resources.requests.*': quantity,
  'spec.worker.resources.limits.*': quantity,
  'spec.worker.env.[].name': fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/),
  'spec.worker.env.[].valueFrom.secretKeyRef.name': name,
  'spec.worker.env.[].valueFrom.secretKeyRef.key': key,
  'spec.worker.env.[].valueFrom.configMapKeyRef.name': name,
  'spec.worker.env.[].valueFrom.configMapKeyRef.key': key,
  'spec.worker.nodeSelector.*': label,
  'spec.worker.podLabels.*': label,
};

/** Objects that satisfy the rules between their fields, by path: what is drawn is put in order. */
const ordered: Readonly<Record<string, (value: Record<string, unknown>) => Record<string, unknown>>> = {
  '': (courier) => ({ ...courier, apiVersion: 'courier.dev/v1alpha1', kind: 'Courier' }),
  spec: (spec) => {
    const queue = {
      url: '',
      deadLetterUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead',
      ...Object(spec.queue),
    };
    return spec.delivery === undefined ? spec : { ...spec, queue: sameKind(queue) };
  },
  'spec.queue': (queue) => sameKind({ ...queue, region: queue.region ?? 'eu-west-1' }),
  'spec.delivery.rules.[]': ({ action, statuses, header }) => ({
    action,
    statuses: Array.isArray(statuses) && statuses.length > 0 ? statuses : ['409'],
    ...(header === undefined ? {} : { header }),
  }),
  'spec.recipient': putRecipientInOrder,
  'spec.recipient.headers.[]': ({ name: header, value, valueFrom }) =>
    valueFrom === undefined ? { name: header, value: value ?? '' } : { name: header, valueFrom },
  'spec.recipient.authentication': ({ bearer, basic, oauth2 }) => {
    if (bearer !== undefined) return { bearer };
    return oauth2 === undefined ? { basic: basic ?? { secretRef: { name: 'login' } } } : { oauth2 };
  },
  'spec.recipient.signing': (signing) => ({
    secretKeyRefs: [{ name: 'hooks', key: 'current' }, ...(signing.secretKeyRefs as readonly unknown[]).slice(0, 3)],
  }),
  'spec.delivery.backoff': ({ maxSeconds = 900, initialMilliseconds = 500 }) => ({
    maxSeconds,
    initialMilliseconds: Math.min(Number(initialMilliseconds), Number(maxSeconds) * 1000),
  }),
  'spec.scaling': ({ minReplicas = 0, maxReplicas = 10, ...rest }) => ({
    ...rest,
    minReplicas: Math.min(Number(minReplicas), Number(maxReplicas)),
    maxReplicas,
  }),
  'spec.audit': ({ firehose, file, none, ...rest }) => {
    if (firehose !== undefined) return { ...rest, firehose };
    return file === undefined ? { ...rest, none: none ?? {} } : { ...rest, file };
  },
  'spec.audit.file': (file) => (file.volume === undefined ? file : { ...file, directory: '/var/lib/courier' }),
  'spec.aws': ({ externalId, ...aws }) =>
    externalId === undefined || aws.roleArn === undefined ? aws : { ...aws, externalId },
  'spec.worker': ({ serviceAccountAnnotations, ...worker }) =>
    serviceAccountAnnotations === undefined || worker.serviceAccountName !== undefined
      ? worker
      : { ...worker, serviceAccountAnnotations },
  'spec.worker.env.[]': ({ name: variable, value, valueFrom }) =>
    valueFrom === undefined ? { name: variable, value: value ?? '' } : { name: variable, valueFrom },
  'spec.worker.env.[].valueFrom': ({ secretKeyRef, configMapKeyRef }) =>
    secretKeyRef === undefined
      ? { configMapKeyRef: configMapKeyRef ?? { name: 'settings', key: 'a' } }
      : { secretKeyRef },
  'spec.worker.tolerations.[]': ({ effect, key: taint = 'dedicated' }) => ({
    key: taint,
    ...(effect === undefined ? {} : { effect }),
  }),
};

/** A queue whose queue for dead letters, where it has one, is FIFO where it is. */
function sameKind({ deadLetterUrl, ...queue }: Record<string, unknown>): Record<string, unknown> {
  if (deadLetterUrl === undefined) return queue;
  const suffix = String(queue.url).endsWith('.fifo') ? '.fifo' : '';
  return { ...queue, deadLetterUrl: `${String(deadLetterUrl).replace(/\.fifo$/, '')}${suffix}` };
}

/** Keeps what belongs to the profile and the place that were drawn, and adds what they cannot be without. */
function putRecipientInOrder(drawn: Record<string, unknown>): Record<string, unknown> {
  const { signing, cloudEvents, batch, url, serviceRef, tls, ...rest } = drawn;
  const place = serviceRef === undefined ? { url: url ?? 'https://orders/' } : { serviceRef };
  const mayBeTls = serviceRef !== undefined || String(place.url).startsWith('https:');
  const recipient: Record<string, unknown> = { ...rest, ...place, ...(tls !== undefined && mayBeTls ? { tls } : {}) };
  const isEvents = recipient.profile === 'CloudEvents';
  if (batch !== undefined && recipient.profile !== 'Sqsd') {
    const format = isEvents ? 'CloudEventsBatch' : 'NDJSON';
    recipient.batch = { ...(batch as object), format, maxAgeMilliseconds: 200 };
  }
  if (recipient.profile === 'StandardWebhooks') {
    return { ...recipient, signing: signing ?? { secretKeyRefs: [{ name: 'hooks', key: 'current' }] } };
  }
  return isEvents && cloudEvents !== undefined ? { ...recipient, cloudEvents } : recipient;
}

/** Any valid Courier as a person may write it, drawn from the schema: optional fields come and go. */
export const arbitraryCourier: fc.Arbitrary<Record<string, unknown>> = arbitraryObject(manifestSchema, []);

function arbitrary(schema: Schema, path: FieldPath): fc.Arbitrary<unknown> {
  switch (typeOf(schema)) {
    case 'object':
      if (schema['x-kubernetes-preserve-unknown-fields'] === true) return fc.constant({ labels: { team: 'shop' } });
      return schema.additionalProperties === undefined
        ? arbitraryObject(schema, path)
        : fc.record({ 'team.dev/a': arbitrary(schema.additionalProperties, [...path, '*']) });
    case 'array':
      return arbitraryList(schema, path);
    case 'string':
      return arbitraryString(schema, path);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'int-or-string':
      return fc.oneof(fc.nat(), arbitraryString(schema, path));
  }
}

function arbitraryObject(schema: Schema, path: FieldPath): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, child]) => [
    name,
    arbitrary(child, [...path, name]),
  ]);
  const order = ordered[path.join('.')] ?? ((same) => same);
  const drawn: fc.Arbitrary<Record<string, unknown>> = fc.record(Object.fromEntries(fields), {
    requiredKeys: [...(schema.required ?? [])],
  });
  return drawn.map(order);
}

function arbitraryList(schema: Schema, path: FieldPath): fc.Arbitrary<unknown> {
  const [key = ''] = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema.items === undefined) throw new Error(`${path.join('.')} has no items`);
  if (key === '') return fc.array(arbitrary(schema.items, [...path, '[]']), { maxLength: 5 });
  return fc.uniqueArray(arbitraryObject(schema.items, [...path, '[]']), {
    maxLength: 5,
    selector: (item) => item[key],
  });
}

function arbitraryString(schema: Schema, path: FieldPath): fc.Arbitrary<string> {
  const given = ruled[path.join('.')];
  if (given !== undefined) return given;
  if (rulesOf(schema).length > 0) throw new Error(`${path.join('.')} has a rule: say which strings satisfy it`);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  return fc.string({
    minLength: schema.minLength ?? 0,
    maxLength: Math.min(schema.maxLength ?? 0, 40),
    unit: 'grapheme',
  });
}
