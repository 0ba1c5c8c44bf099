import type { RuleCase } from './rule-cases.ts';

const rule = (fields: object) => ({ 'spec.delivery.rules': [fields] });
const statuses = (...values: readonly string[]) => rule({ statuses: values, action: 'Retry' });

/** What the rules on `spec.delivery` refuse and accept. */
export const deliveryRuleCases: Readonly<Record<string, RuleCase>> = {
  'spec.delivery.rules.[]#0': {
    field: 'spec.delivery.rules[0]',
    says: /^The rule has no condition$/,
    refused: [rule({ action: 'Retry' }), rule({ action: 'Retry', statuses: [], errors: [] })],
    accepted: [
      rule({ action: 'Retry', statuses: ['404'] }),
      rule({ action: 'Retry', errors: ['Timeout'] }),
      rule({ action: 'Retry', header: { name: 'x-retry' } }),
    ],
  },
  'spec.delivery.rules.[]#1': {
    field: 'spec.delivery.rules[0].header',
    says: /^The rule looks for errors and for a header, and an attempt that ended in an error has no headers$/,
    refused: [rule({ action: 'Retry', errors: ['Timeout'], header: { name: 'x-retry' } })],
    accepted: [
      rule({ action: 'Retry', errors: ['Timeout'], statuses: ['504'] }),
      rule({ action: 'Acknowledge', statuses: ['4xx'], header: { name: 'x-drop', value: 'yes' } }),
    ],
  },
  'spec.delivery.rules.[]#2': {
    field: 'spec.delivery.rules[0].action',
    says: /^The rule acknowledges messages for which no answer has come, which may lose them$/,
    refused: [rule({ action: 'Acknowledge', errors: ['Timeout'] })],
    accepted: [rule({ action: 'Acknowledge', statuses: ['409'] }), rule({ action: 'Pause', errors: ['Tls'] })],
  },
  'spec.delivery.rules.[]#3': {
    field: 'spec.delivery.rules[0].delaySeconds',
    says: /^delaySeconds is for the action Retry alone, and the action is (Acknowledge|Pause)$/,
    refused: ['Acknowledge', 'Pause'].map((action) => rule({ action, statuses: ['409'], delaySeconds: 5 })),
    accepted: [1, 43_200].map((delaySeconds) => rule({ action: 'Retry', statuses: ['409'], delaySeconds })),
  },
  'spec.delivery.rules.[].statuses.[]#0': {
    field: 'spec.delivery.rules[0].statuses[0]',
    says: /^".*" is no status from 200 to 599$/,
    refused: ['199', '600', '40', '4x', '4XX', '4xx-5xx', '500-', '400-600', ' 404', 'all'].map((text) =>
      statuses(text),
    ),
    accepted: [statuses('200', '599', '2xx', '5xx', '200-599')],
  },
  'spec.delivery.rules.[].statuses.[]#1': {
    field: 'spec.delivery.rules[0].statuses[0]',
    says: /^The range 500-499 ends before it begins$/,
    refused: [statuses('500-499')],
    accepted: [statuses('499-500', '404-404', '5xx')],
  },
  'spec.delivery.rules.[].header.name#0': {
    field: 'spec.delivery.rules[0].header.name',
    says: /^".*" is not the name of a header$/,
    refused: ['x drop', 'x-drop:', 'ä'].map((name) => rule({ action: 'Retry', header: { name } })),
    accepted: [rule({ action: 'Retry', header: { name: 'X-Drop' } })],
  },
};
