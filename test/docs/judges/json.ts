import { parseEvidence } from '../../../api/dead-letter.ts';
import { operatorAwsPermissions, workerAwsPermissions } from '../../../operator/courier/aws-permissions.ts';
import { auditRecords } from '../../../worker/audit/record.ts';
import { evidenceOf } from '../../../worker/dead-letters/evidence.ts';
import { liveCourier } from '../../operator/courier/fixtures.ts';
import { message } from '../../worker/support.ts';
import type { Snippet } from '../markdown.ts';

type Shape = { readonly is: (fields: readonly string[]) => boolean; readonly made: () => unknown };

const courier = liveCourier();
const worker = 'orders-0';
const context = { queueUrl: 'https://sqs.example/orders', recipientUrl: 'http://orders/', worker };

/** What we write ourselves, each as the code writes it. */
const ours: readonly Shape[] = [
  { is: (fields) => fields.includes('deliveredTime'), made: auditRecord },
  { is: (fields) => fields.includes('decidedBy'), made: evidence },
];

/** Resources of AWS's own, whose fields AWS knows. */
const foreign = (value: object) => 'Type' in value && String(value.Type).startsWith('AWS::');

/** What of a JSON snippet is not as the code writes it: its fields, their order, their types. */
export function jsonProblems({ text }: Snippet): readonly string[] {
  const shown: unknown = JSON.parse(text);
  if (typeof shown !== 'object' || shown === null) return ['it is no object'];
  if (foreign(shown)) return [];
  if ('Statement' in shown) return policyProblems(shown.Statement);
  const shape = ours.find(({ is }) => is(Object.keys(shown)));
  if (shape === undefined) return ['no record of ours has these fields: say in test/docs/judges/json.ts what it is'];
  const [said, made] = [typesOf(shown), typesOf(shape.made())];
  return said === made ? [] : [`the page has ${said}, the code makes ${made}`];
}

/** A policy allows what `courier iam` would allow for some Courier. */
function policyProblems(statements: unknown): readonly string[] {
  const spec = { ...courier.spec, aws: { roleArn: 'arn:aws:iam::123456789012:role/courier' } };
  const permissions = [courier.spec, spec].flatMap((each) => [
    workerAwsPermissions(each),
    operatorAwsPermissions(each),
  ]);
  const known = new Set(
    permissions.flatMap(({ identity, role }) => [...identity, ...role]).flatMap(({ Action }) => Action),
  );
  const actions = (statements as readonly { readonly Action: string | readonly string[] }[]).flatMap(
    ({ Action }) => Action,
  );
  return actions.filter((action) => !known.has(action)).map((action) => `no call of the code needs ${action}`);
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
