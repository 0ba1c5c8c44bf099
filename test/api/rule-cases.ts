import { awsRuleCases } from './rule-cases-aws.ts';
import { deliveryRuleCases } from './rule-cases-delivery.ts';
import { wireRuleCases } from './rule-cases-wire.ts';
import { workerRuleCases } from './rule-cases-worker.ts';

/** Fields of a manifest by their paths, put over the smallest one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Manifests that one CEL rule must refuse, and such that come close and must pass. */
export type RuleCase = {
  /** The field that the violation is about. */
  readonly field: string;
  /** What the message must say, the value seen above all. */
  readonly says: RegExp;
  readonly refused: readonly Fields[];
  readonly accepted: readonly Fields[];
};

const localUrl = 'http://localhost:9324/000000000000/orders';
const headers = (...names: readonly string[]) => ({
  'spec.recipient.headers': names.map((name) => ({ name, value: 'x' })),
});
export const headerValue = (value: string) => ({ 'spec.recipient.headers': [{ name: 'x-tenant', value }] });
const sinks = (audit: unknown) => ({ 'spec.audit': audit });

/** Accepted and refused values of a URL that is a base for requests. */
const endpointCases = (field: string) => ({
  secret: {
    field,
    says: /^The endpoint holds a user name or a password$/,
    refused: [{ [field]: 'http://me:secret@localhost:9324' }, { [field]: 'HTTPS://me@localhost' }],
    accepted: [{ [field]: 'http://localhost:9324' }],
  },
  shape: {
    field,
    says: /^".*" is not an endpoint$/,
    refused: [
      'localhost:9324',
      'ftp://localhost',
      'http://localhost:9324?x=1',
      'http://localhost:99999',
      'http://a b/',
    ].map((url) => ({ [field]: url })),
    accepted: ['http://localhost:9324', 'https://proxy.example/sqs/', 'http://[::1]:9324'].map((url) => ({
      [field]: url,
    })),
  },
});

/** By the rule's place in the schema and its number there. */
export const ruleCases: Readonly<Record<string, RuleCase>> = {
  ...awsRuleCases,
  ...deliveryRuleCases,
  ...workerRuleCases,
  ...wireRuleCases,
  '#0': {
    field: '',
    says: /^The name .* has \d+ characters or holds a dot$/,
    refused: [{ 'metadata.name': 'a'.repeat(53) }, { 'metadata.name': 'shop.orders' }],
    accepted: [{ 'metadata.name': 'a'.repeat(52) }],
  },
  'metadata.name#0': {
    field: 'metadata.name',
    says: /^".*" is not a name$/,
    refused: ['Orders', 'orders_1', '-orders', 'orders-', 'bestellung-ä'].map((name) => ({ 'metadata.name': name })),
    accepted: ['orders', '1-orders', 'o'].map((name) => ({ 'metadata.name': name })),
  },
  'metadata.namespace#0': {
    field: 'metadata.namespace',
    says: /^".*" is not a namespace$/,
    refused: ['Shop', 'shop.eu', '-'].map((namespace) => ({ 'metadata.namespace': namespace })),
    accepted: ['shop', 'shop-2'].map((namespace) => ({ 'metadata.namespace': namespace })),
  },
  'spec.queue#0': {
    field: 'spec.queue.region',
    says: /^The region cannot be derived from http.*, whose host is not one of AWS$/,
    refused: [
      { 'spec.queue.url': localUrl },
      { 'spec.queue.url': 'https://sqs.eu-west-1.amazonaws.com.example.com/123456789012/orders' },
      {
        'spec.queue.url': 'https://queue.example.com/123456789012/orders',
        'spec.queue.endpoint': 'http://localhost:9324',
      },
    ],
    accepted: [
      { 'spec.queue.url': localUrl, 'spec.queue.region': 'us-east-1' },
      { 'spec.queue.url': 'https://eu-west-1.queue.amazonaws.com/123456789012/orders' },
    ],
  },
  'spec.queue#1': {
    field: 'spec.queue.region',
    says: /^The region us-west-2 is not the one that https.* names$/,
    refused: [
      { 'spec.queue.region': 'us-west-2' },
      { 'spec.queue.region': 'us-west-2', 'spec.queue.url': 'https://queue.amazonaws.com/123456789012/orders' },
      {
        'spec.queue.region': 'us-west-2',
        'spec.queue.url': 'https://eu-west-1.queue.amazonaws.com/123456789012/orders',
      },
    ],
    accepted: [
      { 'spec.queue.region': 'eu-west-1' },
      { 'spec.queue.region': 'us-west-2', 'spec.queue.endpoint': 'http://localhost:9324' },
      { 'spec.queue.region': 'us-east-1', 'spec.queue.url': 'https://queue.amazonaws.com/123456789012/orders' },
      {
        'spec.queue.region': 'us-west-2',
        'spec.queue.url': 'https://us-west-2.queue.amazonaws.com/123456789012/orders',
      },
    ],
  },
  'spec.queue.url#0': {
    field: 'spec.queue.url',
    says: /^The URL holds a user name or a password$/,
    refused: [{ 'spec.queue.url': 'https://me:secret@sqs.eu-west-1.amazonaws.com/123456789012/orders' }],
    accepted: [{ 'spec.queue.url': 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders' }],
  },
  'spec.queue.url#1': {
    field: 'spec.queue.url',
    says: /^".*" is not the URL of a queue$/,
    refused: [
      'orders',
      'arn:aws:sqs:eu-west-1:123456789012:orders',
      'https://sqs.eu-west-1.amazonaws.com/',
      'https://sqs.eu-west-1.amazonaws.com/orders',
      'https://sqs.eu-west-1.amazonaws.com/123456789012/orders?x=1',
      'https://sqs.eu-west-1.amazonaws.com/123456789012/orders.txt',
      `https://sqs.eu-west-1.amazonaws.com/123456789012/${'o'.repeat(81)}`,
      'https://sqs.eu-west-1.amazonaws.com:99999/123456789012/orders',
      'ftp://sqs.eu-west-1.amazonaws.com/123456789012/orders',
    ].map((url) => ({ 'spec.queue.url': url })),
    accepted: [
      'https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo',
      'https://SQS.eu-west-1.amazonaws.com/123456789012/Orders_-1',
      `https://sqs.eu-west-1.amazonaws.com/123456789012/${'o'.repeat(80)}`,
    ].map((url) => ({ 'spec.queue.url': url })),
  },
  'spec.queue.region#0': {
    field: 'spec.queue.region',
    says: /^".*" is not the name of a region$/,
    refused: ['EU-WEST-1', 'eu west', 'eu/west', '-'].map((region) => ({ 'spec.queue.region': region })),
    accepted: ['elasticmq', 'us-gov-west-1'].map((region) => ({
      'spec.queue.region': region,
      'spec.queue.url': localUrl,
    })),
  },
  'spec.queue.endpoint#0': endpointCases('spec.queue.endpoint').secret,
  'spec.queue.endpoint#1': endpointCases('spec.queue.endpoint').shape,
  'spec.recipient.url#0': {
    field: 'spec.recipient.url',
    says: /^The URL holds a user name or a password$/,
    refused: [{ 'spec.recipient.url': 'http://me:secret@orders/' }],
    accepted: [{ 'spec.recipient.url': 'http://orders/users/@me' }],
  },
  'spec.recipient.url#1': {
    field: 'spec.recipient.url',
    says: /^".*" is not an http or https URL without a fragment$/,
    refused: [
      'orders',
      '/events',
      'ftp://orders/',
      'http://',
      'http://orders/a b',
      'http://orders/#top',
      'http://o:99999/',
    ].map((url) => ({ 'spec.recipient.url': url })),
    accepted: ['http://orders', 'https://orders:8443/a/b?c=d', 'http://[::1]:8080/', 'http://o?x'].map((url) => ({
      'spec.recipient.url': url,
    })),
  },
  'spec.recipient.contentType#0': {
    field: 'spec.recipient.contentType',
    says: /^".*" is not a media type$/,
    refused: ['json', 'application/', 'a/b\nx: y', 'a/b c'].map((type) => ({ 'spec.recipient.contentType': type })),
    accepted: ['text/plain', 'application/cloudevents+json; charset=utf-8'].map((type) => ({
      'spec.recipient.contentType': type,
    })),
  },
  'spec.recipient.headers#0': {
    field: 'spec.recipient.headers',
    says: /^The header X-Tenant is there again in another case/,
    refused: [headers('X-Tenant', 'x-other', 'x-tenant')],
    accepted: [headers('X-Tenant', 'x-other')],
  },
  'spec.recipient.headers.[].name#0': {
    field: 'spec.recipient.headers[0].name',
    says: /^".*" is not the name of a header$/,
    refused: ['x tenant', 'x-tenant:', 'täglich', 'x\ny'].map((name) => headers(name)),
    accepted: [headers('authorization', "!#$%&'*+.^_`|~-", 'User-Agent')],
  },
  'spec.recipient.headers.[].name#1': {
    field: 'spec.recipient.headers[0].name',
    says: /^The header .* is one that Courier or HTTP sets itself$/,
    refused: [
      'courier-message-id',
      'Courier-X',
      'Content-Type',
      'content-length',
      'HOST',
      'traceparent',
      'connection',
    ].map((name) => headers(name)),
    accepted: [headers('x-courier', 'couriers', 'content-language', 'accept')],
  },
  'spec.recipient.headers.[].value#0': {
    field: 'spec.recipient.headers[0].value',
    says: /^The header's value holds a line break/,
    refused: ['a\nb', 'a\r\nx: y', 'Grüße', '\u0000'].map(headerValue),
    accepted: ['', 'Bearer abc', 'a\tb ~'].map(headerValue),
  },
  'spec.delivery.backoff#0': {
    field: 'spec.delivery.backoff.initialMilliseconds',
    says: /^initialMilliseconds 1001 is above maxSeconds 1$/,
    refused: [{ 'spec.delivery.backoff': { initialMilliseconds: 1001, maxSeconds: 1 } }],
    accepted: [{ 'spec.delivery.backoff': { initialMilliseconds: 1000, maxSeconds: 1 } }],
  },
  'spec.audit#0': {
    field: 'spec.audit',
    says: /^audit names (no sink|file and none|firehose and file|firehose and none|firehose, file and none)$/,
    refused: [
      sinks({}),
      sinks({ none: null }),
      sinks({ body: 'Full' }),
      sinks({ none: {}, file: { directory: 'audit' } }),
      sinks({ firehose: { deliveryStreamName: 'audit' }, file: { directory: 'audit' } }),
      sinks({ firehose: { deliveryStreamName: 'audit' }, none: {} }),
      sinks({ firehose: { deliveryStreamName: 'audit' }, file: { directory: 'audit' }, none: {} }),
    ],
    accepted: [
      sinks({ none: {} }),
      sinks({ file: { directory: 'audit' } }),
      sinks({ firehose: { deliveryStreamName: 'a' } }),
    ],
  },
  'spec.audit.firehose.deliveryStreamName#0': {
    field: 'spec.audit.firehose.deliveryStreamName',
    says: /^".*" is not the name of a delivery stream$/,
    refused: ['orders audit', 'arn:aws:firehose:eu-west-1:1:deliverystream/x'].map((name) => ({
      'spec.audit.firehose.deliveryStreamName': name,
    })),
    accepted: [{ 'spec.audit.firehose.deliveryStreamName': 'Orders_audit.v1-2' }],
  },
  'spec.audit.firehose.region#0': {
    field: 'spec.audit.firehose.region',
    says: /^".*" is not the name of a region$/,
    refused: [{ 'spec.audit.firehose.region': 'Ireland' }],
    accepted: [{ 'spec.audit.firehose.region': 'us-east-1' }],
  },
  'spec.audit.firehose.endpoint#0': endpointCases('spec.audit.firehose.endpoint').secret,
  'spec.audit.firehose.endpoint#1': endpointCases('spec.audit.firehose.endpoint').shape,
  'spec.scaling#0': {
    field: 'spec.scaling.minReplicas',
    says: /^minReplicas \d+ is above maxReplicas \d+$/,
    refused: [{ 'spec.scaling': { minReplicas: 3, maxReplicas: 2 } }, { 'spec.scaling.minReplicas': 11 }],
    accepted: [{ 'spec.scaling': { minReplicas: 2, maxReplicas: 2 } }, { 'spec.scaling.minReplicas': 10 }],
  },
};
