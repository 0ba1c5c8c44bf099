import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** What a signature is made with. The token belongs to temporary credentials. */
export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/** Whom the signed requests are for, and the headers that all of them carry. */
export type SigningContext = {
  readonly region: string;
  /** The service's signing name: `sqs`, `firehose`. */
  readonly service: string;
  /** The `Host` header: the endpoint's host, with the port where it is not the scheme's own. */
  readonly host: string;
  readonly contentType: string;
  /** Asks SQS to name errors as its query protocol does, too (`x-amzn-query-mode`). */
  readonly queryMode: boolean;
};

type SigningKey = { readonly day: string; readonly credentials: Credentials; readonly key: KeyObject };

/**
 * AWS Signature Version 4 for the one kind of request that the AWS JSON protocols know: `POST /` with a body and an
 * `X-Amz-Target`. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * The signing key is derived once a day and kept as a `KeyObject`: an HMAC with a `KeyObject` costs a seventh of one with a
 * Buffer.
 */
export class Signer {
  readonly #context: SigningContext;
  readonly #head: string;
  readonly #queryMode: string;
  #key: SigningKey | undefined;
  #second = Number.NaN;
  #date = '';

  constructor(context: SigningContext) {
    this.#context = context;
    this.#head = `POST\n/\n\ncontent-type:${context.contentType}\nhost:${context.host}\nx-amz-date:`;
    this.#queryMode = context.queryMode ? 'x-amzn-query-mode:true\n' : '';
  }

  /**
   * The headers of a signed request, as a flat list of names and values.
   * @param target the `X-Amz-Target`, `AmazonSQS.ReceiveMessage`.
   * @param time milliseconds since the epoch.
   */
  sign(target: string, body: Buffer, credentials: Credentials, time: number): string[] {
    const { region, service, host, contentType, queryMode } = this.#context;
    const token = credentials.sessionToken;
    const date = this.#amzDate(time);
    const day = date.slice(0, 8);
    const names = `content-type;host;x-amz-date;${token ? 'x-amz-security-token;' : ''}x-amz-target${queryMode ? ';x-amzn-query-mode' : ''}`;
    const canonicalRequest = `${this.#head}${date}\n${token ? `x-amz-security-token:${token}\n` : ''}x-amz-target:${target}\n${this.#queryMode}\n${names}\n${hash('sha256', body, 'hex')}`;
    const scope = `${day}/${region}/${service}/aws4_request`;
    const stringToSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonicalRequest, 'hex')}`;
    const signature = createHmac('sha256', this.#signingKey(day, credentials)).update(stringToSign).digest('hex');
    const headers = [
      ...['host', host, 'content-type', contentType, 'x-amz-date', date, 'x-amz-target', target],
      'authorization',
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    ];
    if (token) headers.push('x-amz-security-token', token);
    if (queryMode) headers.push('x-amzn-query-mode', 'true');
    return headers;
  }

  /** `20260131T235959Z`, made once a second. */
  #amzDate(time: number): string {
    const second = Math.floor(time / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = new Date(second * 1000).toISOString().replace(/[-:]|\.000/g, '');
    }
    return this.#date;
  }

  #signingKey(day: string, credentials: Credentials): KeyObject {
    const cached = this.#key;
    if (
      cached?.day === day &&
      cached.credentials.accessKeyId === credentials.accessKeyId &&
      cached.credentials.secretAccessKey === credentials.secretAccessKey
    ) {
      return cached.key;
    }
    const { region, service } = this.#context;
    const secret = hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), region), service), 'aws4_request');
    const key = createSecretKey(secret);
    this.#key = { day, credentials, key };
    return key;
  }
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
