import { repeated } from './conditions.ts';
import type { ReasonOf } from './reasons.ts';
import { sentence } from './sentence.ts';
import { type QueueLook, type StatusInput, toleratedFailures } from './status-input.ts';
import { type Assessment, mistake } from './verdict.ts';

/** Fewer receives than this before a queue gives up on a message, and a worker that dies takes messages with it. */
export const leastMaxReceiveCount = 3;

type MistakeReason = ReasonOf<'QueueReachable'> & ReasonOf<'Stalled'>;

/** AWS's names for what a person must mend, where they are worth a reason of their own. */
const reasonsByCode: ReadonlyMap<string, MistakeReason> = new Map([
  ['QueueDoesNotExist', 'QueueNotFound'],
  ['QueueDeletedRecently', 'QueueNotFound'],
  ['InvalidAddress', 'QueueNotFound'],
  ['AccessDenied', 'QueueAccessDenied'],
  ['AccessDeniedException', 'QueueAccessDenied'],
  ['InvalidSecurity', 'QueueAccessDenied'],
  ['KmsAccessDenied', 'QueueAccessDenied'],
  ['Credentials', 'CredentialsInvalid'],
  ['InvalidClientTokenId', 'CredentialsInvalid'],
  ['UnrecognizedClientException', 'CredentialsInvalid'],
  ['InvalidAccessKeyId', 'CredentialsInvalid'],
  ['MissingAuthenticationToken', 'CredentialsInvalid'],
  ['SignatureDoesNotMatch', 'CredentialsInvalid'],
  ['InvalidSignatureException', 'CredentialsInvalid'],
  ['IncompleteSignature', 'CredentialsInvalid'],
  ['ExpiredToken', 'CredentialsInvalid'],
  ['ExpiredTokenException', 'CredentialsInvalid'],
]);

/** Whether the operator can read the queue. */
export function assessQueue(input: StatusInput): Assessment<'QueueReachable'> {
  const { queue } = input;
  switch (queue.kind) {
    case 'None':
      return unseen(input);
    case 'Seen':
      return seen(input, queue);
    case 'Failed':
      return failed(input, queue);
  }
}

function unseen({ courier, previous }: StatusInput): Assessment<'QueueReachable'> {
  const { url } = courier.spec.queue;
  if (courier.spec.suspend) {
    const message = `The queue ${url} is left alone while the Courier is suspended.`;
    return { finding: { type: 'QueueReachable', status: 'Unknown', reason: 'Suspended', message } };
  }
  const message = `The first look at the queue ${url} is still to come.`;
  const before = repeated('QueueReachable', previous, courier.metadata.generation);
  return {
    finding: before ?? { type: 'QueueReachable', status: 'Unknown', reason: 'NotYetObserved', message },
    ...(before?.status === 'True' ? {} : { verdict: { state: 'Unseen', message } }),
  };
}

function seen({ courier }: StatusInput, look: QueueLook & { kind: 'Seen' }): Assessment<'QueueReachable'> {
  const { url } = courier.spec.queue;
  const { maxReceiveCount } = look;
  if (maxReceiveCount !== null && maxReceiveCount < leastMaxReceiveCount) {
    const message =
      `The queue ${url} can be read, but moves a message to its dead-letter queue after a maxReceiveCount of ${maxReceiveCount}: ` +
      'a worker that dies may take messages with it. Set maxReceiveCount to 3 or more in the redrive policy of the queue.';
    return { finding: { type: 'QueueReachable', status: 'True', reason: 'MaxReceiveCountLow', message } };
  }
  const message = `The queue ${url} can be read.`;
  return { finding: { type: 'QueueReachable', status: 'True', reason: 'Reachable', message } };
}

function failed(input: StatusInput, look: QueueLook & { kind: 'Failed' }): Assessment<'QueueReachable'> {
  const { failure, failures } = look;
  const message = sentence(failure.sentence);
  if (failure.kind === 'Misconfigured') {
    const reason = reasonsByCode.get(failure.code ?? '') ?? 'QueueMisconfigured';
    return {
      finding: { type: 'QueueReachable', status: 'False', reason, message },
      verdict: mistake(reason, message, failures, input.previous),
    };
  }
  const reason = 'QueueUnavailable';
  const before = repeated('QueueReachable', input.previous, input.courier.metadata.generation);
  const status = failures >= toleratedFailures || before?.status === 'False' ? 'False' : 'Unknown';
  return {
    finding: { type: 'QueueReachable', status, reason, message },
    verdict: { state: 'Retrying', reason, message, failures },
  };
}
