import { recipientUrl } from '../../api/recipient-url.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { hasWorkers, ofThisGeneration } from './assess-load.ts';
import { type Finding, repeated, settled } from './conditions.ts';
import { share } from './sentence.ts';
import type { StatusInput } from './status-input.ts';
import type { Assessment } from './verdict.ts';

/** The share of attempts that must fail for a recipient to be failing, and that may fail for it to be well again. */
const failingShare = 0.5;
const healthyShare = 0.1;

/** Whether the recipient takes what it is sent; a dead end where it wants no more. */
export function assessRecipient(input: StatusInput): Assessment<'RecipientHealthy'> {
  const finding = paused(input) ?? recipientHealthy(input);
  const { reason, message } = finding;
  return reason === 'DeliveryPaused' ? { finding, verdict: { state: 'Stalled', reason, message } } : { finding };
}

/** A worker that pauses goes on pausing until it is started again, whatever the others see. */
function paused({ courier, reports }: StatusInput): Finding<'RecipientHealthy'> | undefined {
  const pausing = reports.filter(({ waiting }) => waiting.for === 'Pause');
  const [first] = pausing;
  if (first === undefined) return undefined;
  const who = share(pausing.length, reports.length);
  const url = recipientUrl(courier.spec.recipient, courier.metadata.namespace);
  const message =
    `Nothing more is received by ${who} for the recipient ${url}: ${first.waiting.explanation}. ` +
    'Mend the recipient or change spec.recipient; then any change of what the workers read, or spec.suspend to true and back, starts them again.';
  return { type: 'RecipientHealthy', status: 'False', reason: 'DeliveryPaused', message };
}

/** Whether the recipient accepts what it is sent, by what the workers say of the last ten seconds. */
function recipientHealthy(input: StatusInput): Finding<'RecipientHealthy'> {
  const type = 'RecipientHealthy';
  const { courier, reports, nowTimeMs } = input;
  const failed = sum(reports, ({ rates }) => rates.failedPerSecond);
  const attempts = failed + sum(reports, ({ rates }) => rates.deliveredPerSecond);
  const before = repeated(type, input.previous, courier.metadata.generation);
  const bad = attempts === 0 ? undefined : failed / attempts;
  const url = recipientUrl(courier.spec.recipient, courier.metadata.namespace);
  if (bad === undefined) {
    if (before !== undefined && hasWorkers(input)) return before;
    return { type, status: 'Unknown', reason: 'NotYetObserved', message: `No worker reports an attempt at ${url}.` };
  }
  if (bad >= failingShare || (bad > healthyShare && before?.status === 'False')) {
    const percent = Math.round(bad * 100);
    const message = `The recipient ${url} fails ${percent} % of the attempts${causeOf(reports)}`;
    return { type, status: 'False', reason: 'Failing', message };
  }
  const finding = {
    type,
    status: 'True',
    reason: 'Accepting',
    message: `The recipient ${url} accepts messages.`,
  } as const;
  return settled<typeof type>(finding, ofThisGeneration(input, type), 'False', nowTimeMs);
}

/** What the attempts fail with where a worker says so, and where to look else. */
function causeOf(reports: readonly WorkerStatus[]): string {
  const failure = reports.map(({ breaker }) => breaker.failure).find((one) => typeof one === 'string');
  return failure === undefined || failure === null
    ? '. Look at its logs, and at those of the workers for its answers.'
    : `: ${failure}. Look at its logs.`;
}

function sum(reports: readonly WorkerStatus[], value: (report: WorkerStatus) => number): number {
  return reports.reduce((total, report) => total + value(report), 0);
}
