import type { Message } from './message.ts';

/** Why an attempt got no complete response. */
export type AttemptError =
  /** The recipient's host has no address. */
  | 'UnknownHost'
  /** No connection within `connectTimeoutSeconds`. */
  | 'ConnectTimeout'
  /** The connection was refused or could not be made. */
  | 'ConnectFailed'
  /** TLS could not be agreed on: a certificate that is not trusted, expired or of another name. */
  | 'Tls'
  /** No complete response within `timeoutSeconds`. */
  | 'Timeout'
  /** The connection broke before the response was complete. */
  | 'Reset'
  /** What came back was not HTTP. */
  | 'Protocol';

/** How one attempt to post a message ended. */
export type Attempt =
  | {
      readonly error?: undefined;
      readonly status: number;
      /** The Retry-After header, as it came. */
      readonly retryAfter: string | undefined;
      /** From the first byte sent to the last byte of the response. */
      readonly durationMs: number;
    }
  | { readonly error: AttemptError; readonly detail: string; readonly durationMs: number };

/** Where messages go. */
export interface Recipient {
  /** Posts a message and calls `ended` exactly once, later, whatever happens. Never throws. */
  post(message: Message, ended: (attempt: Attempt) => void): void;
  /** Lets open requests end and closes the connections. */
  close(): Promise<void>;
}
