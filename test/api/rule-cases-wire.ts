import type { RuleCase } from './rule-cases.ts';

const signing = { 'spec.recipient.signing': { secretKeyRefs: [{ name: 'hooks', key: 'current' }] } };
const profile = (name: string) => ({ 'spec.recipient.profile': name });
const header = (name: string, fields: object = { value: 'x' }) => ({
  'spec.recipient.headers': [{ name, ...fields }],
});
const secretHeader = (ref: object) => header('x-token', { valueFrom: { secretKeyRef: ref } });

/** Names and keys of Secrets that are none, and such that are, wherever a Secret may be named. */
function secretRefCases(field: string, fields: (ref: object) => Record<string, unknown>): Record<string, RuleCase> {
  const path = field.replaceAll('[0]', '.[]');
  return {
    [`${path}.name#0`]: {
      field: `${field}.name`,
      says: /^".*" is not the name of a Secret$/,
      refused: ['Hooks', 'hooks_1', '-hooks'].map((name) => fields({ name, key: 'current' })),
      accepted: ['hooks', 'hooks.shop-1'].map((name) => fields({ name, key: 'current' })),
    },
    [`${path}.key#0`]: {
      field: `${field}.key`,
      says: /^".*" is not a key of a Secret$/,
      refused: ['a/b', '..data', '.', 'a b'].map((key) => fields({ name: 'hooks', key })),
      accepted: ['tls.crt', 'API_KEY', '.dockerconfigjson'].map((key) => fields({ name: 'hooks', key })),
    },
  };
}

/** The rules on what a request to the recipient is like. */
export const wireRuleCases: Readonly<Record<string, RuleCase>> = {
  ...secretRefCases('spec.recipient.headers[0].valueFrom.secretKeyRef', secretHeader),
  ...secretRefCases('spec.recipient.signing.secretKeyRefs[0]', (ref) => ({
    ...profile('StandardWebhooks'),
    'spec.recipient.signing': { secretKeyRefs: [ref] },
  })),
  'spec.recipient#0': {
    field: 'spec.recipient.signing',
    says: /^signing is for the profile StandardWebhooks, and the profile is (Plain|Sqsd)$/,
    refused: [signing, { ...signing, ...profile('Sqsd') }],
    accepted: [{ ...signing, ...profile('StandardWebhooks') }],
  },
  'spec.recipient#1': {
    field: 'spec.recipient.signing',
    says: /^The profile StandardWebhooks signs each request, and there is nothing to sign with$/,
    refused: [profile('StandardWebhooks')],
    accepted: [profile('Plain')],
  },
  'spec.recipient#2': {
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
  'spec.recipient#3': {
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
