import type { RuleCase } from './rule-cases.ts';

const signing = { 'spec.recipient.signing': { secretKeyRefs: [{ name: 'hooks', key: 'current' }] } };
const profile = (name: string) => ({ 'spec.recipient.profile': name });
const header = (name: string, fields: object = { value: 'x' }) => ({
  'spec.recipient.headers': [{ name, ...fields }],
});
const secretHeader = (ref: object) => header('x-token', { valueFrom: { secretKeyRef: ref } });

/** Names of Secrets that are none, and such that are, wherever a Secret may be named. */
function secretNameCases(field: string, fields: (ref: object) => Record<string, unknown>): Record<string, RuleCase> {
  return {
    [`${field.replaceAll('[0]', '.[]')}.name#0`]: {
      field: `${field}.name`,
      says: /^".*" is not the name of a Secret$/,
      refused: ['Hooks', 'hooks_1', '-hooks'].map((name) => fields({ name })),
      accepted: ['hooks', 'hooks.shop-1'].map((name) => fields({ name })),
    },
  };
}

/** The same, for a Secret that is named with a key. */
function secretRefCases(field: string, fields: (ref: object) => Record<string, unknown>): Record<string, RuleCase> {
  const path = field.replaceAll('[0]', '.[]');
  return {
    ...secretNameCases(field, (ref) => fields({ ...ref, key: 'current' })),
    [`${path}.key#0`]: {
      field: `${field}.key`,
      says: /^".*" is not a key of a Secret$/,
      refused: ['a/b', '..data', '.', 'a b'].map((key) => fields({ name: 'hooks', key })),
      accepted: ['tls.crt', 'API_KEY', '.dockerconfigjson'].map((key) => fields({ name: 'hooks', key })),
    },
  };
}

const https = { 'spec.recipient.url': 'https://orders/' };
const tls = (fields: object) => ({ ...https, 'spec.recipient.tls': fields });
const authentication = (fields: object) => ({ 'spec.recipient.authentication': fields });
const tokenUrl = 'https://login.example.com/token';
const oauth2 = (fields: object) =>
  authentication({ oauth2: { tokenUrl, clientSecretRef: { name: 'client' }, ...fields } });
const service = (fields: object) => ({
  'spec.recipient.url': undefined,
  'spec.recipient.serviceRef': { name: 'orders', port: 80, ...fields },
});

/** The rules on what a request to the recipient is like. */
export const wireRuleCases: Readonly<Record<string, RuleCase>> = {
  ...secretRefCases('spec.recipient.headers[0].valueFrom.secretKeyRef', secretHeader),
  ...secretRefCases('spec.recipient.signing.secretKeyRefs[0]', (ref) => ({
    ...profile('StandardWebhooks'),
    'spec.recipient.signing': { secretKeyRefs: [ref] },
  })),
  ...secretRefCases('spec.recipient.authentication.bearer.secretKeyRef', (ref) =>
    authentication({ bearer: { secretKeyRef: ref } }),
  ),
  ...secretNameCases('spec.recipient.authentication.basic.secretRef', (ref) =>
    authentication({ basic: { secretRef: ref } }),
  ),
  ...secretNameCases('spec.recipient.authentication.oauth2.clientSecretRef', (ref) => oauth2({ clientSecretRef: ref })),
  ...secretRefCases('spec.recipient.tls.caSecretRef', (ref) => tls({ caSecretRef: ref })),
  ...secretNameCases('spec.recipient.tls.clientCertificateSecretRef', (ref) =>
    tls({ clientCertificateSecretRef: ref }),
  ),
  'spec.recipient#0': {
    field: 'spec.recipient.url',
    says: /^The recipient has (both|neither) url (and|nor) serviceRef$/,
    refused: [{ 'spec.recipient.url': undefined }, { ...service({}), 'spec.recipient.url': 'http://orders/' }],
    accepted: [service({})],
  },
  'spec.recipient#1': {
    field: 'spec.recipient.tls',
    says: /^tls is for https, and the url is not of it$/,
    refused: [{ 'spec.recipient.tls': {} }],
    accepted: [tls({}), { ...service({}), 'spec.recipient.tls': {} }],
  },
  'spec.recipient#2': {
    field: 'spec.recipient.headers',
    says: /^There is a header authorization, and authentication sets it as well$/,
    refused: [{ ...header('Authorization'), ...oauth2({}) }],
    accepted: [header('Authorization'), { ...header('x-authorization'), ...oauth2({}) }],
  },
  'spec#4': {
    field: 'spec.recipient.batch.maxAgeMilliseconds',
    says: /^maxAgeMilliseconds 30001 is above half of queue\.visibilityTimeoutSeconds 60$/,
    refused: [{ 'spec.recipient.batch': { maxMessages: 10, maxAgeMilliseconds: 30_001 } }],
    accepted: [
      { 'spec.recipient.batch': { maxMessages: 10, maxAgeMilliseconds: 30_000 } },
      {
        'spec.recipient.batch': { maxMessages: 10, maxAgeMilliseconds: 30_001 },
        'spec.queue.visibilityTimeoutSeconds': 61,
      },
    ],
  },
  'spec.recipient#7': {
    field: 'spec.recipient.batch',
    says: /^The profile Sqsd sends one message a request, and has no batch$/,
    refused: [{ 'spec.recipient.batch': { maxMessages: 10 }, ...profile('Sqsd') }],
    accepted: [{ 'spec.recipient.batch': { maxMessages: 10 } }, profile('Sqsd')],
  },
  'spec.recipient#8': {
    field: 'spec.recipient.batch',
    says: /^The format (JSONArray|CloudEventsBatch) of the batch is not one of the profile (CloudEvents|Plain)$/,
    refused: [
      { 'spec.recipient.batch': { maxMessages: 10 }, ...profile('CloudEvents') },
      { 'spec.recipient.batch': { maxMessages: 10, format: 'CloudEventsBatch' } },
    ],
    accepted: [{ 'spec.recipient.batch': { maxMessages: 10, format: 'CloudEventsBatch' }, ...profile('CloudEvents') }],
  },
  'spec.recipient.authentication#0': {
    field: 'spec.recipient.authentication',
    says: /^authentication names no way or several$/,
    refused: [
      authentication({}),
      authentication({
        basic: { secretRef: { name: 'a' } },
        bearer: { secretKeyRef: { name: 'a', key: 'b' } },
      }),
    ],
    accepted: [authentication({ basic: { secretRef: { name: 'a' } } })],
  },
  'spec.recipient.authentication.oauth2.tokenUrl#0': {
    field: 'spec.recipient.authentication.oauth2.tokenUrl',
    says: /^The URL holds a user name or a password$/,
    refused: [oauth2({ tokenUrl: 'https://me:secret@login/' })],
    accepted: [oauth2({ tokenUrl: 'https://login/@me' })],
  },
  'spec.recipient.authentication.oauth2.tokenUrl#1': {
    field: 'spec.recipient.authentication.oauth2.tokenUrl',
    says: /^".*" is not an http or https URL without a fragment$/,
    refused: ['login', 'ftp://login/', 'https://login/#x', 'https://login:99999/'].map((url) =>
      oauth2({ tokenUrl: url }),
    ),
    accepted: ['http://localhost:8080/token', 'https://login/token?x=1'].map((url) => oauth2({ tokenUrl: url })),
  },
  'spec.recipient.authentication.oauth2.scopes.[]#0': {
    field: 'spec.recipient.authentication.oauth2.scopes[0]',
    says: /^".*" is not a scope$/,
    refused: ['a b', 'grün', '"a"'].map((scope) => oauth2({ scopes: [scope] })),
    accepted: ['orders:write', 'https://graph/.default'].map((scope) => oauth2({ scopes: [scope] })),
  },
  'spec.recipient.tls.serverName#0': {
    field: 'spec.recipient.tls.serverName',
    says: /^".*" is not the name of a host$/,
    refused: ['https://orders', '-orders', 'orders:443'].map((serverName) => tls({ serverName })),
    accepted: ['orders', 'Orders.example.com'].map((serverName) => tls({ serverName })),
  },
  'spec.recipient.serviceRef.name#0': {
    field: 'spec.recipient.serviceRef.name',
    says: /^".*" is not the name of a Service$/,
    refused: ['Orders', '1orders', 'orders.shop', 'orders-'].map((name) => service({ name })),
    accepted: ['orders', 'orders-2'].map((name) => service({ name })),
  },
  'spec.recipient.serviceRef.path#0': {
    field: 'spec.recipient.serviceRef.path',
    says: /^".*" is not a path$/,
    refused: ['events', '/a b', '/#a'].map((path) => service({ path })),
    accepted: ['/', '/events?x=1'].map((path) => service({ path })),
  },
  'spec.recipient#3': {
    field: 'spec.recipient.signing',
    says: /^signing is for the profile StandardWebhooks, and the profile is (Plain|Sqsd)$/,
    refused: [signing, { ...signing, ...profile('Sqsd') }],
    accepted: [{ ...signing, ...profile('StandardWebhooks') }],
  },
  'spec.recipient#4': {
    field: 'spec.recipient.signing',
    says: /^The profile StandardWebhooks signs each request, and there is nothing to sign with$/,
    refused: [profile('StandardWebhooks')],
    accepted: [profile('Plain')],
  },
  'spec.recipient#5': {
    field: 'spec.recipient.cloudEvents',
    says: /^cloudEvents is for the profile CloudEvents, and the profile is Plain$/,
    refused: [{ mode: 'Structured' }, { type: 'shop.order' }, { source: '/shop' }].map((cloudEvents) => ({
      'spec.recipient.cloudEvents': cloudEvents,
    })),
    accepted: [
      { 'spec.recipient.cloudEvents': { mode: 'Structured', source: '/shop' }, ...profile('CloudEvents') },
      { 'spec.recipient.cloudEvents': {} },
    ],
  },
  'spec.recipient#6': {
    field: 'spec.recipient.headers',
    says: /^One of the headers is one that the profile (Sqsd|CloudEvents|StandardWebhooks) sets itself$/,
    refused: [
      { ...header('X-aws-Sqsd-Msgid'), ...profile('Sqsd') },
      { ...header('ce-id'), ...profile('CloudEvents') },
      { ...header('Webhook-Id'), ...signing, ...profile('StandardWebhooks') },
    ],
    accepted: [header('ce-id'), { ...header('webhook-id'), ...profile('Sqsd') }],
  },
  'spec.recipient.headers.[]#0': {
    field: 'spec.recipient.headers[0]',
    says: /^The header x-token has (no value|both value and valueFrom)$/,
    refused: [
      header('x-token', {}),
      header('x-token', { value: '', valueFrom: { secretKeyRef: { name: 'hooks', key: 'a' } } }),
    ],
    accepted: [header('x-token'), secretHeader({ name: 'hooks', key: 'a' })],
  },
  'spec.recipient.cloudEvents.source#0': {
    field: 'spec.recipient.cloudEvents.source',
    says: /^".*" is not a URI reference$/,
    refused: ['a b', 'grün'].map((source) => ({ 'spec.recipient.cloudEvents': { source }, ...profile('CloudEvents') })),
    accepted: ['/shop/orders', 'urn:shop:orders', 'https://shop/x?y#z'].map((source) => ({
      'spec.recipient.cloudEvents': { source },
      ...profile('CloudEvents'),
    })),
  },
  'spec.recipient.signing.secretKeyRefs#0': {
    field: 'spec.recipient.signing.secretKeyRefs',
    says: /^The list names no secret$/,
    refused: [{ 'spec.recipient.signing': { secretKeyRefs: [] }, ...profile('StandardWebhooks') }],
    accepted: [{ ...signing, ...profile('StandardWebhooks') }],
  },
};
