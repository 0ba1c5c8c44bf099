import type { CourierDeliveryRule } from '../api/v1alpha1.gen.ts';
import type { Message } from './message.ts';

/** Why an attempt got no complete response; the CRD says what each means, since rules name them. */
export type AttemptError = NonNullable<CourierDeliveryRule['errors']>[number];

/** The headers of a response by their names in lower case, those that came several times as a list. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** How one attempt to post a message ended. */
export type Attempt =
  | {
      readonly error?: undefined;
      readonly status: number;
      readonly headers: ResponseHeaders;
      /** From the first byte sent to the last byte of the response. */
      readonly durationMs: number;
    }
  | {
      readonly error: AttemptError;
      readonly status?: undefined;
      readonly detail: string;
      readonly durationMs: number;
    };

/** How a request with several messages ended. */
export type BatchResult = {
  readonly attempt: Attempt;
  /** The ids of those that were not accepted although the request was. */
  readonly failed: ReadonlySet<string>;
};

/** A request with several messages, before it is sent. */
export interface BatchRequest {
  /**
   * Puts a message into the request if there is room; for the first there always is.
   * @param attempt its number for this message.
   */
  add(message: Message, attempt: number): boolean;
  /** Sends it and calls `ended` exactly once, later, whatever happens. Never throws. */
  post(ended: (result: BatchResult) => void): void;
}

/** What a recipient needs before it can send. */
export interface Readiness {
  /**
   * Whether what is posted now is sent now, or fails at once. When not, since an access token is on its way, `ready` is called as
   * soon as it would be: sent only then, all that was posted meanwhile would go out together, however low the rate limit.
   */
  isReady(ready: () => void): boolean;
}

/** Where messages go, several at a time. */
export interface BatchRecipient extends Readiness {
  begin(): BatchRequest;
}

/** Where messages go. */
export interface Recipient extends Readiness {
  /** Posts a message and calls `ended` exactly once, later, whatever happens. Never throws. */
  post(message: Message, ended: (attempt: Attempt) => void): void;
  /** Sets the most connections; open requests end on those that they have. */
  resize(connections: number): void;
  /** Lets open requests end and closes the connections. */
  close(): Promise<void>;
}
