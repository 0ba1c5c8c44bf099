import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { type Credentials, Signer, type SigningContext } from '../../aws/sigv4.ts';
import { checkProperty } from '../support/properties.ts';

/** The hash class that the SDK's signer asks for. */
class Sha256 {
  readonly #hash: { update(data: string | Uint8Array): unknown; digest(): Buffer };

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', toBytes(key));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('the signer does not reset hashes');
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

async function signBySdk(
  context: SigningContext,
  target: string,
  body: Buffer,
  credentials: Credentials,
  time: number,
): Promise<Record<string, string>> {
  const { region, service, host, contentType, queryMode } = context;
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const headers = {
    host,
    'content-type': contentType,
    'x-amz-target': target,
    ...(queryMode && { 'x-amzn-query-mode': 'true' }),
  };
  const request = { method: 'POST', protocol: 'https:', hostname: host, path: '/', headers, body };
  return (await signer.sign(request, { signingDate: new Date(time) })).headers;
}

function toRecord(headers: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    record[headers[index] ?? ''] = headers[index + 1] ?? '';
  }
  return record;
}

const word = fc.stringMatching(/^[A-Za-z0-9]{1,20}$/);

const contexts = fc.record<SigningContext>({
  region: fc.constantFrom('eu-west-1', 'us-east-1', 'cn-north-1', 'us-gov-west-1'),
  service: fc.constantFrom('sqs', 'firehose'),
  host: fc.constantFrom('sqs.eu-west-1.amazonaws.com', '127.0.0.1:9324', 'localhost:4566', 'queue.example.com'),
  contentType: fc.constantFrom('application/x-amz-json-1.0', 'application/x-amz-json-1.1'),
  queryMode: fc.boolean(),
});

const identities = fc
  .record({
    accessKeyId: word,
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{1,40}$/),
    sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,300}$/), { nil: undefined }),
  })
  .map(({ sessionToken, ...keys }): Credentials => (sessionToken === undefined ? keys : { ...keys, sessionToken }));

const requests = fc.record({
  target: word.map((operation) => `AmazonSQS.${operation}`),
  body: fc.string({ unit: 'binary', maxLength: 500 }).map((text) => Buffer.from(text)),
  credentials: identities,
  time: fc.integer({ min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2100-01-01T00:00:00Z') }),
});

test('the headers equal those of the AWS SDK, also when a signer is used again for other keys and days', async () => {
  await checkProperty(
    fc.asyncProperty(contexts, fc.array(requests, { minLength: 1, maxLength: 6 }), async (context, list) => {
      const signer = new Signer(context);
      for (const { target, body, credentials, time } of list) {
        const ours = toRecord(signer.sign(target, body, credentials, time));
        assert.deepEqual(ours, await signBySdk(context, target, body, credentials, time));
      }
    }),
    { numRuns: 250 },
  );
});

test('a secret that was replaced under the same key id is not signed for with the old one', () => {
  const context = {
    ...{ region: 'eu-west-1', service: 'sqs', host: 'localhost', contentType: 'application/x-amz-json-1.0' },
    queryMode: true,
  };
  const signer = new Signer(context);
  const sign = (secretAccessKey: string) =>
    toRecord(signer.sign('T', Buffer.from('{}'), { accessKeyId: 'AKID', secretAccessKey }, 0)).authorization;
  const first = sign('one');
  assert.notEqual(sign('two'), first);
  assert.equal(sign('one'), first);
});
