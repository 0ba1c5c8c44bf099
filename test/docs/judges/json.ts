import { parseEvidence } from '../../../api/dead-letter.ts';
import { auditRecords } from '../../../worker/audit/record.ts';
import { evidenceOf } from '../../../worker/dead-letters/evidence.ts';
import { message } from '../../worker/support.ts';
import type { Snippet } from '../markdown.ts';

type Shape = { readonly is: (fields: readonly string[]) => boolean; readonly made: () => unknown };

const worker = 'orders-0';
const context = { queueUrl: 'https://sqs.example/orders', recipientUrl: 'http://orders/', worker };

/** What we write ourselves, each as the code writes it. */
const ours: readonly Shape[] = [
  { is: (fields) => fields.includes('deliveredTime'), made: auditRecord },
  { is: (fields) => fields.includes('decidedBy'), made: evidence },
];

/** What of a JSON snippet is not as the code writes it: its fields, their order, their types. */
export function jsonProblems({ text }: Snippet): readonly string[] {
  const shown: unknown = JSON.parse(text);
  const shape = ours.find(({ is }) => typeof shown === 'object' && shown !== null && is(Object.keys(shown)));
  if (shape === undefined) return ['no record of ours has these fields: say in test/docs/judges/json.ts what it is'];
  const [said, made] = [typesOf(shown), typesOf(shape.made())];
  return said === made ? [] : [`the page has ${said}, the code makes ${made}`];
}

function typesOf(value: unknown): string {
  return JSON.stringify(Object.entries(value as object).map(([name, field]) => `${name}: ${typeof field}`));
}

function auditRecord(): unknown {
  const delivery = { status: 200, deliveredTimeMs: 31, durationMs: 20.4 };
  const [line = ''] = [auditRecords(context, { body: 'Full', oversize: 'Digest' }, 1_000_000)(message(), delivery)];
  return JSON.parse(line);
}

function evidence(): unknown {
  const attempt = { status: 422, headers: {}, durationMs: 20 };
  const cause = { reason: 'Refused', decidedBy: 'default', attempt } as const;
  return parseEvidence(JSON.stringify(evidenceOf(message(), cause, context, 31)));
}
