import { recipientUrl } from '../../api/recipient-url.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { type Finding, findCondition, repeated, settled } from './conditions.ts';
import type { LiveCourier } from './objects.ts';
import type { ConditionType, ReasonOf } from './reasons.ts';
import { sentence, share, shareIs } from './sentence.ts';
import { type StatusInput, toleratedFailures } from './status-input.ts';

/** Whether the number of workers follows the queue. */
export function scalingActive({
  courier,
  queue,
  decision,
  deployment,
  previous,
}: StatusInput): Finding<'ScalingActive'> {
  const type = 'ScalingActive';
  if (courier.spec.suspend) {
    const message = 'The Courier is suspended, so there are no workers. Set spec.suspend to false to go on.';
    return { type, status: 'False', reason: 'Suspended', message };
  }
  if (queue.kind === 'Failed') {
    const isSure = queue.failure.kind === 'Misconfigured' || queue.failures >= toleratedFailures;
    const stays = deployment?.spec?.replicas ?? courier.spec.scaling.minReplicas;
    const message = `The number of workers stays at ${stays} while the queue cannot be read. ${sentence(queue.failure.sentence)}`;
    return { type, status: isSure ? 'False' : 'Unknown', reason: 'QueueUnreachable', message };
  }
  if (decision !== undefined) return { type, status: 'True', reason: 'Active', message: decision.explanation };
  const message = 'The first look at the queue is still to come; until then the number of workers stays.';
  const before = repeated(type, previous, courier.metadata.generation);
  return before ?? { type, status: 'Unknown', reason: 'NotYetObserved', message };
}

type Limit = {
  readonly reason: ReasonOf<'ScalingLimited'>;
  readonly remedy: (courier: LiveCourier) => string;
};

/** What keeps the number down, by what the decision says limits the throughput, and what a person can do. */
const limits: ReadonlyMap<string, Limit> = new Map<string, Limit>([
  [
    'MaxReplicas',
    {
      reason: 'MaxReplicas',
      remedy: ({ spec }) => `Raise spec.scaling.maxReplicas, now ${spec.scaling.maxReplicas}, for more.`,
    },
  ],
  [
    'Recipient',
    {
      reason: 'Recipient',
      remedy: ({ metadata, spec }) =>
        `Make room at the recipient ${recipientUrl(spec.recipient, metadata.namespace)}: more workers would only press it.`,
    },
  ],
  ['RateLimit', { reason: 'RateLimit', remedy: () => 'Raise spec.recipient.rateLimit for more.' }],
  ['Audit', { reason: 'Audit', remedy: () => 'Make room at the sink of spec.audit: messages wait for it.' }],
]);

/** Whether something other than the messages keeps the number of workers down. */
export function scalingLimited(input: StatusInput): Finding<'ScalingLimited'> {
  const type = 'ScalingLimited';
  const { courier, decision, previous, nowTimeMs } = input;
  if (decision === undefined && !courier.spec.suspend) {
    const before = repeated(type, previous, courier.metadata.generation);
    return before ?? { type, status: 'Unknown', reason: 'NotYetObserved', message: 'Nothing has been decided yet.' };
  }
  const limit = courier.spec.suspend ? undefined : limits.get(decision?.limitedBy ?? '');
  if (limit !== undefined && decision !== undefined) {
    const message = `${decision.explanation} ${limit.remedy(courier)}`;
    return { type, status: 'True', reason: limit.reason, message };
  }
  const message = 'There are as many workers as the messages need.';
  const finding = { type, status: 'False', reason: 'NotLimited', message } as const;
  return settled<typeof type>(finding, ofThisGeneration(input, type), 'True', nowTimeMs);
}

/** Whether the audit takes the records of what was delivered: no, when half of the workers wait for it or cannot write. */
export function auditHealthy(input: StatusInput): Finding<'AuditHealthy'> {
  const type = 'AuditHealthy';
  const { courier, reports, nowTimeMs } = input;
  if (courier.spec.audit.none !== undefined) {
    return { type, status: 'True', reason: 'NotAudited', message: 'Nothing is recorded, as spec.audit.none says.' };
  }
  if (reports.length === 0) {
    const before = repeated(type, input.previous, courier.metadata.generation);
    if (before !== undefined && hasWorkers(input)) return before;
    return { type, status: 'Unknown', reason: 'NotYetObserved', message: 'No worker reports on the audit.' };
  }
  const trouble = courier.spec.audit.policy === 'BestEffort' ? auditFailing(reports) : auditBehind(reports);
  if (trouble !== undefined) return { type, status: 'False', ...trouble };
  const finding = { type, status: 'True', reason: 'Recording', message: 'The audit takes the records.' } as const;
  return settled<typeof type>(finding, ofThisGeneration(input, type), 'False', nowTimeMs);
}

type AuditTrouble = Pick<Finding<'AuditHealthy'>, 'reason' | 'message'> | undefined;

/** With audit.policy Required: messages wait for their records. */
function auditBehind(reports: readonly WorkerStatus[]): AuditTrouble {
  const blocked = reports.filter(({ waiting }) => waiting.for === 'Audit');
  if (isHalf(blocked, reports)) {
    const who = share(blocked.length, reports.length);
    const why = sentence(blocked[0]?.waiting.explanation ?? '');
    return { reason: 'Blocked', message: `Nothing more is received by ${who} until audit records are written. ${why}` };
  }
  const stuck = reports.filter(writesNoRecord);
  if (!isHalf(stuck, reports)) return undefined;
  const held = stuck.reduce((sum, { holding }) => sum + holding.delivered, 0);
  const who = shareIs(stuck.length, reports.length);
  const message = `${who} without audit: ${held} delivered messages wait for their records. ${sentence(stuck[0]?.auditFailure ?? '')}`;
  return { reason: 'Retrying', message };
}

/** With audit.policy BestEffort: messages do not wait. */
function auditFailing(reports: readonly WorkerStatus[]): AuditTrouble {
  const failing = reports.filter(({ auditFailure }) => typeof auditFailure === 'string');
  if (!isHalf(failing, reports)) return undefined;
  const message =
    `${shareIs(failing.length, reports.length)} without audit: messages go on, since spec.audit.policy is BestEffort, ` +
    `and their records may be lost. ${sentence(failing[0]?.auditFailure ?? '')}`;
  return { reason: 'Failing', message };
}

/** Whether what a worker delivered in the last ten seconds waits for its record, all of it: some may be refused at any time. */
function writesNoRecord({ auditFailure, holding, rates }: WorkerStatus): boolean {
  const { delivered } = holding;
  return typeof auditFailure === 'string' && delivered > 0 && delivered >= 10 * rates.deliveredPerSecond;
}

function isHalf(some: readonly WorkerStatus[], all: readonly WorkerStatus[]): boolean {
  return some.length > 0 && some.length >= all.length / 2;
}

/** Whether workers run that may be asked soon: what they said last still holds then. */
export function hasWorkers({ deployment }: StatusInput): boolean {
  return (deployment?.status?.readyReplicas ?? 0) > 0;
}

/** What was said before of a condition, where it was said of this generation of the spec. */
export function ofThisGeneration({ previous, courier }: StatusInput, type: ConditionType) {
  const before = findCondition(previous?.conditions, type);
  return before?.observedGeneration === courier.metadata.generation ? before : undefined;
}
