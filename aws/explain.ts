import { printable } from '../api/printable.ts';
import type { AwsError, AwsSubject } from './errors.ts';
import { toAwsError } from './sdk-errors.ts';

/** A failure of AWS, told to a person. */
export type AwsFailure = {
  /** What is wrong, the value seen and the remedy, in one sentence without a full stop. */
  readonly sentence: string;
  /**
   * - `Misconfigured`: stays until somebody changes something.
   * - `Transient`: may well be gone when the call is repeated.
   */
  readonly kind: 'Misconfigured' | 'Transient';
};

/** What a person calls the settings that say what the resource is and where: `spec.queue.endpoint`, `--endpoint`. */
export type SettingNames = { readonly name: string; readonly region: string; readonly endpoint: string };

/** What the sentences name: the resource, and the settings that say what and where it is. */
type Words = {
  /** `the queue https://...` */
  readonly resource: string;
  readonly service: 'SQS' | 'Firehose' | 'AWS';
  readonly endpoint: string;
  readonly region: string;
  readonly settings: SettingNames;
  readonly policy: string;
};

type Explanation = (words: Words, error: AwsError) => AwsFailure;

/**
 * Explains what a call of the data plane or of the AWS SDK threw.
 * @param settings where the resource was named, when that is not the manifest.
 */
export function describeAwsFailure(error: unknown, settings?: SettingNames): AwsFailure {
  const failure = toAwsError(error);
  const words = wordsFor(failure.subject);
  const explanation = explanations.get(failure.code) ?? other;
  const { kind, sentence } = explanation(settings === undefined ? words : { ...words, settings }, failure);
  // A proxy's page, quoted, has lines of its own.
  return { kind, sentence: printable(sentence.replace(/\s+/g, ' ')) };
}

function wordsFor(subject: AwsSubject | undefined): Words {
  const region = subject?.region ?? 'its region';
  if (subject === undefined) {
    const settings = settingsOf('spec.queue or spec.audit.firehose');
    const resource = 'the queue or the stream';
    return { resource, service: 'AWS', endpoint: 'AWS', region, settings, policy: 'its policy' };
  }
  if (subject.resource === 'queue') {
    const endpoint = subject.endpoint ?? 'SQS';
    const settings = settingsOf('spec.queue', 'spec.queue.url');
    const resource = `the queue ${subject.name}`;
    return { resource, service: 'SQS', endpoint, region, settings, policy: "the queue's policy" };
  }
  const endpoint = subject.endpoint ?? 'Firehose';
  const settings = settingsOf('spec.audit.firehose', 'spec.audit.firehose.deliveryStreamName');
  const resource = `the delivery stream ${subject.name}`;
  return { resource, service: 'Firehose', endpoint, region, settings, policy: 'its permissions boundary' };
}

/** The fields of a part of the manifest. */
function settingsOf(section: string, name = section): SettingNames {
  return { name, region: `${section}.region`, endpoint: `${section}.endpoint` };
}

function misconfigured(sentence: string): AwsFailure {
  return { kind: 'Misconfigured', sentence };
}

function transient(sentence: string): AwsFailure {
  return { kind: 'Transient', sentence };
}

const missing: Explanation = ({ resource, region, settings }) =>
  misconfigured(`${resource} does not exist in ${region}: create it, or correct ${settings.name} or the account`);

const unknownKey: Explanation = (_words, { code, message }) =>
  misconfigured(`AWS does not know these credentials (${code}: ${message}): set the access key of an active identity`);

const wrongSignature: Explanation = ({ endpoint }, { code }) =>
  misconfigured(
    `${endpoint} refuses the signature (${code}): the secret access key does not belong to the access key id; correct AWS_SECRET_ACCESS_KEY or the profile`,
  );

const wrongClock: Explanation = ({ endpoint }, { code, message }) =>
  misconfigured(`${endpoint} refuses the time of the request (${code}: ${message}): set this machine's clock`);

const expired: Explanation = (_words, { code, message }) =>
  misconfigured(`the temporary credentials have expired (${code}: ${message}): renew the session or the token`);

const denied: Explanation = ({ resource, policy }, { code, message }) =>
  misconfigured(
    `access to ${resource} is denied (${code}: ${message}): allow the action in the IAM policy of this identity or in ${policy}`,
  );

const throttled: Explanation = ({ resource, service }, { code, message }) =>
  transient(`${service} throttles calls to ${resource} (${code}: ${message}): they are repeated more slowly`);

const unreachable: Explanation = ({ settings }, { message }) =>
  transient(`${message}: check the network and ${settings.endpoint}`);

const keyUnusable: Explanation = ({ resource }, { code, message }) =>
  misconfigured(
    `the KMS key of ${resource} cannot be used (${code}: ${message}): allow kms:Decrypt to this identity, or enable the key`,
  );

const explanations = new Map<string, Explanation>([
  [
    'Region',
    ({ resource, settings }) =>
      misconfigured(`no region is known for ${resource}: set ${settings.region} or AWS_REGION`),
  ],
  [
    'Endpoint',
    ({ endpoint, settings }, { message }) =>
      misconfigured(`${endpoint} is not an endpoint: ${message}; correct ${settings.endpoint} or AWS_ENDPOINT_URL`),
  ],
  [
    'Credentials',
    (_words, { message }) =>
      misconfigured(
        `no AWS credentials were found (${message}): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the pod an identity`,
      ),
  ],
  ['Timeout', unreachable],
  ['Network', unreachable],
  ['Aborted', (_words, { message }) => transient(message)],
  [
    'InvalidResponse',
    ({ service, endpoint, settings }, { message, status }) => {
      const sentence = `${endpoint} does not answer as ${service} does: ${message}; check ${settings.endpoint}`;
      return status !== undefined && status < 500 ? misconfigured(sentence) : transient(sentence);
    },
  ],
  ['OverLimit', ({ resource }) => transient(`${resource} has as many messages in flight as SQS allows, 120,000`)],
  ...group(missing, 'QueueDoesNotExist', 'QueueDeletedRecently', 'ResourceNotFoundException', 'InvalidAddress'),
  ...group(
    unknownKey,
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'InvalidAccessKeyId',
    'MissingAuthenticationToken',
  ),
  ...group(wrongSignature, 'SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'),
  ...group(wrongClock, 'RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'),
  ...group(expired, 'ExpiredToken', 'ExpiredTokenException'),
  ...group(denied, 'AccessDenied', 'AccessDeniedException', 'InvalidSecurity', 'OptInRequired'),
  ...group(throttled, 'RequestThrottled', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'),
  ...group(throttled, 'RequestLimitExceeded', 'LimitExceededException', 'ServiceUnavailableException', 'KmsThrottled'),
  ...group(keyUnusable, 'KmsAccessDenied', 'KmsDisabled', 'KmsInvalidKeyUsage', 'KmsInvalidState', 'KmsNotFound'),
  ...group(keyUnusable, 'KmsOptInRequired', 'InvalidKMSResourceException'),
]);

function group(explanation: Explanation, ...codes: string[]): [string, Explanation][] {
  return codes.map((code) => [code, explanation]);
}

/** A service's fault (5xx) passes; what the service calls ours (4xx) does not. */
const other: Explanation = ({ resource, service }, { code, message, status }) => {
  const sentence = `a call to ${service} for ${resource} failed: ${code}${message === code ? '' : `: ${message}`}`;
  return status !== undefined && status < 500 ? misconfigured(sentence) : transient(sentence);
};
