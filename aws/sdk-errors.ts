import { AwsError, type AwsSubject, normalizeErrorCode, unreachableMessage } from './errors.ts';

/** What Node's sockets and resolver call a failure to reach the other side. */
const networkCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'EPROTO'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What the SDK calls an error that the answer gives no name. */
const unnamed = 'Unknown';

/**
 * What the AWS SDK threw, as an {@link AwsError}: a service's error under its own name, and a failure without an answer
 * under the names that the raw data plane uses. An `AwsError` is returned as it is.
 */
export function toAwsError(error: unknown, subject?: AwsSubject): AwsError {
  if (error instanceof AwsError) return error;
  if (!(error instanceof Error)) return new AwsError('Unknown', String(error), { cause: error, subject });
  const status = httpStatus(error);
  const code = codeOf(error, status);
  return new AwsError(code, messageOf(error, code, subject), { status, cause: error, subject });
}

/** The SDK's messages of transport failures do not say where to; Node's are empty when several addresses were tried. */
function messageOf(error: Error, code: string, subject: AwsSubject | undefined): string {
  const message = error.message || networkError(error)?.message || error.name;
  if (code === 'InvalidResponse') return invalidResponseMessage(error, httpStatus(error));
  const endpoint = subject?.endpoint;
  if (endpoint === undefined) return message;
  if (code === 'Network') return unreachableMessage(endpoint, networkError(error)?.code, message);
  if (code === 'Timeout') return `${endpoint} gave no answer in time`;
  return message;
}

/** The SDK adds lines about its own fields to the parser's words; of an answer without any word it makes `UnknownError`. */
function invalidResponseMessage(error: Error, status: number | undefined): string {
  const answer = status === undefined ? 'the answer' : `the answer has HTTP status ${status} and`;
  const why = error.message.split('\n', 1)[0]?.trim() ?? '';
  const details = why === '' || why === 'UnknownError' ? '' : ` (${why})`;
  return `${answer} ${error.name === unnamed ? 'names no error' : 'cannot be read'}${details}`;
}

function codeOf(error: Error, status: number | undefined): string {
  if (error.name === 'AbortError') return 'Aborted';
  if (error.name === 'TimeoutError') return 'Timeout';
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError') return 'Credentials';
  if (error.message === 'Region is missing') return 'Region';
  if (networkError(error) !== undefined) return 'Network';
  if (error.name === unnamed) return 'InvalidResponse';
  if (error instanceof SyntaxError || (status !== undefined && error.name === 'Error')) return 'InvalidResponse';
  return normalizeErrorCode(error.name);
}

/** The failure of the network in `error`: itself, or the first of the addresses that were tried. */
function networkError(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof AggregateError) return networkError(error.errors[0]);
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return networkCodes.has(error.code) ? { code: error.code, message: error.message } : undefined;
}

function httpStatus(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null) return undefined;
  const metadata = error.$metadata;
  const status = 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
