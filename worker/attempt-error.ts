import type { AttemptError } from './recipient.ts';

/** What kind of failure it was, and the error's own words for a person. */
export type AttemptFailure = { readonly error: AttemptError; readonly detail: string };

const byCode: Readonly<Record<string, AttemptError>> = {
  UND_ERR_CONNECT_TIMEOUT: 'ConnectTimeout',
  EMFILE: 'ConnectFailed',
  UND_ERR_HEADERS_TIMEOUT: 'Timeout',
  UND_ERR_BODY_TIMEOUT: 'Timeout',
  ECONNRESET: 'Reset',
  ECONNABORTED: 'Reset',
  EPIPE: 'Reset',
  // On an open connection: what was sent was never acknowledged. While connecting it is judged by the system call.
  ETIMEDOUT: 'Reset',
  UND_ERR_SOCKET: 'Reset',
  UND_ERR_ABORTED: 'Reset',
};

/** OpenSSL's and Node's names for certificates that do not hold: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT, ... */
const tls = /CERT|CRL|^ERR_(?:TLS|SSL)|SIGNATURE|ISSUER|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^EPROTO$/;

/** Tells what an error means that Node or undici gave for a request. */
export function attemptFailure(error: unknown): AttemptFailure {
  // Each address of the host has failed; the whole has no message.
  if (error instanceof AggregateError && error.errors.length > 0) return attemptFailure(error.errors[0]);
  const detail = (error instanceof Error ? error.message : String(error)).trim();
  return { error: kindOf(property(error, 'code'), property(error, 'syscall')), detail };
}

function kindOf(code: string, syscall: string): AttemptError {
  if (syscall === 'getaddrinfo') return 'UnknownHost';
  if (syscall === 'connect') return code === 'ETIMEDOUT' ? 'ConnectTimeout' : 'ConnectFailed';
  return byCode[code] ?? (tls.test(code) ? 'Tls' : 'Protocol');
}

function property(error: unknown, name: 'code' | 'syscall'): string {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
}
