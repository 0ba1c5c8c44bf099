import type { RuleCase } from './rule-cases.ts';

const deadLetterUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead';
const withDeadLetters = (fields: object) => ({ ...fields, 'spec.queue.deadLetterUrl': deadLetterUrl });
const rule = (fields: object) => ({ 'spec.delivery.rules': [fields] });
const statuses = (...values: readonly string[]) => rule({ statuses: values, action: 'Retry' });

const badUrls = (urls: readonly string[]) => urls.map((url) => ({ 'spec.queue.deadLetterUrl': url }));

/** What the rules on `spec.delivery` and on the queue for dead letters refuse and accept. */
export const deliveryRuleCases: Readonly<Record<string, RuleCase>> = {
  'spec#1': {
    field: 'spec.queue.deadLetterUrl',
    says: /^A rule of delivery has the action DeadLetter, and there is no queue for dead letters$/,
    refused: [rule({ statuses: ['404'], action: 'DeadLetter' })],
    accepted: [
      withDeadLetters(rule({ statuses: ['404'], action: 'DeadLetter' })),
      rule({ statuses: ['404'], action: 'Retry' }),
    ],
  },
  'spec#2': {
    field: 'spec.queue.deadLetterUrl',
    says: /^delivery\.maxAttempts limits the attempts, and there is no queue for what has used them up$/,
    refused: [{ 'spec.delivery.maxAttempts': 5 }],
    accepted: [withDeadLetters({ 'spec.delivery.maxAttempts': 5 }), { 'spec.delivery.maxAttempts': 0 }],
  },
  'spec#3': {
    field: 'spec.queue.deadLetterUrl',
    says: /^delivery\.maxMessageAgeSeconds limits the age of messages, and there is no queue for those that are older$/,
    refused: [{ 'spec.delivery.maxMessageAgeSeconds': 60 }],
    accepted: [
      withDeadLetters({ 'spec.delivery.maxMessageAgeSeconds': 60 }),
      { 'spec.delivery.maxMessageAgeSeconds': 0 },
    ],
  },
  'spec.queue#2': {
    field: 'spec.queue.deadLetterUrl',
    says: /^The queue for dead letters is the queue itself$/,
    refused: [{ 'spec.queue.deadLetterUrl': 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders' }],
    accepted: [withDeadLetters({})],
  },
  'spec.queue#3': {
    field: 'spec.queue.deadLetterUrl',
    says: /^One of https.* and https.* is FIFO and the other is not$/,
    refused: [
      { 'spec.queue.deadLetterUrl': `${deadLetterUrl}.fifo` },
      withDeadLetters({ 'spec.queue.url': 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo' }),
    ],
    accepted: [
      {
        'spec.queue.url': 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo',
        'spec.queue.deadLetterUrl': `${deadLetterUrl}.fifo`,
      },
    ],
  },
  'spec.queue.deadLetterUrl#0': {
    field: 'spec.queue.deadLetterUrl',
    says: /^The URL holds a user name or a password$/,
    refused: badUrls(['https://me:secret@sqs.eu-west-1.amazonaws.com/123456789012/orders-dead']),
    accepted: [withDeadLetters({})],
  },
  'spec.queue.deadLetterUrl#1': {
    field: 'spec.queue.deadLetterUrl',
    says: /^".*" is not the URL of a queue$/,
    refused: badUrls(['orders-dead', 'arn:aws:sqs:eu-west-1:123456789012:orders-dead', 'https://sqs/orders-dead']),
    accepted: badUrls(['http://localhost:9324/000000000000/orders-dead']),
  },
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
