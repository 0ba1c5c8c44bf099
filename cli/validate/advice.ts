import type { FieldPath } from '../../api/field-path.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import type { QueueAttributes } from '../../aws/queue-attributes.ts';
import { leastMaxReceiveCount } from '../../operator/courier/assess-queue.ts';
import { planChildren } from '../../operator/courier/plan.ts';
import { formatCount } from '../format.ts';
import { asLive } from '../live-courier.ts';
import { writtenOutSecrets } from './written-out-secrets.ts';

/** What the API server accepts and nobody should want. `message` has no full stop, as a problem's. */
export type Advice = { readonly path: FieldPath; readonly message: string; readonly remedy: string };

/** Messages that SQS lets be in flight at a time; then receives come back empty. */
const maxInFlight = 120_000;
/** What may be used of that: phantoms and messages of workers that died count as well. */
const usableShare = 0.8;

/**
 * What a Courier's fields say together that no rule of the CRD can judge: rules see neither the queue nor the cluster.
 *
 * @param queue what is known of its queue; undefined: nothing.
 */
export function adviseOn(courier: Courier, queue: QueueAttributes | undefined): readonly Advice[] {
  return [
    ...tooManyInFlight(courier),
    ...notForClusters(courier),
    ...writtenOutSecrets(courier),
    ...(queue === undefined
      ? []
      : [...fewReceives(queue), ...longRetries(courier, queue), ...attempts(courier, queue)]),
  ];
}

function tooManyInFlight({ spec }: Courier): readonly Advice[] {
  const { maxReplicas } = spec.scaling;
  const { maxPerReplica } = spec.recipient.concurrency;
  if (maxReplicas * maxPerReplica <= usableShare * maxInFlight) return [];
  const message =
    `${formatCount(maxReplicas)} workers with ${formatCount(maxPerReplica)} requests each would hold ` +
    `${formatCount(maxReplicas * maxPerReplica)} messages, and SQS hands out ${formatCount(maxInFlight)} at most`;
  const remedy = `Lower it, or recipient.concurrency.maxPerReplica, so that their product is at most ${formatCount(usableShare * maxInFlight)}.`;
  return [{ path: ['spec', 'scaling', 'maxReplicas'], message, remedy }];
}

/** What one machine can do and the operator would refuse. */
function notForClusters(courier: Courier): readonly Advice[] {
  const context = { operatorImage: '', replicas: 0, draining: 0, podMonitors: false, exchangeTokenSha256: '' };
  const { error } = planChildren(asLive(courier), context);
  if (error === undefined) return [];
  const at = error.reason === 'AuditVolumeMissing' ? ['audit', 'file'] : ['worker', 'podTemplate'];
  const [what = '', remedy = 'Write it as a pod template of Kubernetes.'] = error.message
    .split(/\. (?=[A-Z])|\.$/)
    .filter(Boolean);
  const message = `on a cluster, ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
  return [{ path: ['spec', ...at], message, remedy: remedy.endsWith('.') ? remedy : `${remedy}.` }];
}

function fewReceives({ redrivePolicy }: QueueAttributes): readonly Advice[] {
  if (redrivePolicy === null || redrivePolicy.maxReceiveCount >= leastMaxReceiveCount) return [];
  const message = `its queue moves a message to its dead-letter queue after ${redrivePolicy.maxReceiveCount} receives, so a worker that dies may take messages with it`;
  return [
    {
      path: ['spec', 'queue', 'url'],
      message,
      remedy: `Set maxReceiveCount to ${leastMaxReceiveCount} or more in its redrive policy.`,
    },
  ];
}

function attempts({ spec }: Courier, { redrivePolicy }: QueueAttributes): readonly Advice[] {
  const { maxAttempts } = spec.delivery;
  if (redrivePolicy === null || maxAttempts === 0 || maxAttempts < redrivePolicy.maxReceiveCount) return [];
  const message = `${maxAttempts} attempts are never reached: its queue moves a message to its own dead-letter queue, without the evidence, after ${redrivePolicy.maxReceiveCount} receives`;
  const remedy = `Lower it below ${redrivePolicy.maxReceiveCount}, or raise maxReceiveCount in the queue's redrive policy.`;
  return [{ path: ['spec', 'delivery', 'maxAttempts'], message, remedy }];
}

/** Retries of a message must come to an end before SQS deletes it for its age. */
function longRetries(
  { spec }: Courier,
  { messageRetentionSeconds, redrivePolicy }: QueueAttributes,
): readonly Advice[] {
  const { maxAttempts, backoff } = spec.delivery;
  const tries = Math.min(
    maxAttempts || Number.POSITIVE_INFINITY,
    redrivePolicy?.maxReceiveCount ?? Number.POSITIVE_INFINITY,
  );
  if (messageRetentionSeconds === null || tries === Number.POSITIVE_INFINITY) return [];
  const delays = Array.from({ length: tries - 1 }, (_, failure) =>
    Math.min(backoff.maxSeconds, (backoff.initialMilliseconds / 1000) * 2 ** failure),
  );
  const longestSeconds = delays.reduce((sum, delay) => sum + delay, 0);
  if (longestSeconds < messageRetentionSeconds) return [];
  const message = `${tries} attempts may take ${formatCount(longestSeconds)} s, and its queue deletes a message after ${formatCount(messageRetentionSeconds)} s`;
  return [
    {
      path: ['spec', 'delivery', 'backoff', 'maxSeconds'],
      message,
      remedy: 'Lower it, or raise the retention period of the queue.',
    },
  ];
}
