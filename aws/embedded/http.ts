import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConnectionCut, ServiceError, sqsErrorNames } from './errors.ts';
import type { EmbeddedFirehose } from './firehose.ts';
import type { EmbeddedSqs } from './sqs.ts';

/** The largest request that either service takes is 4 MiB of records in base64; JSON escapes may double a message. */
const maxRequestBytes = 16 * 1024 * 1024;

/** A service as its AWS JSON protocol shows it. */
export type Service = {
  readonly contentType: string;
  readonly call: (action: string, input: unknown, context: { signal: AbortSignal }) => Promise<object>;
  /** What a request without a key, or with another than the required one, is refused with. */
  readonly missingKey: string;
  readonly unknownKey: string;
  /** How an error is named in the body, and the headers that go with it. */
  readonly describe: (error: ServiceError) => { readonly type: string; readonly headers: Record<string, string> };
};

/** SQS speaks AWS JSON 1.0, and names its errors also as its older query protocol did. */
export function sqsService(sqs: EmbeddedSqs): Service {
  return {
    contentType: 'application/x-amz-json-1.0',
    call: (action, input, context) => sqs.call(action, input, context),
    missingKey: 'MissingAuthenticationToken',
    unknownKey: 'InvalidClientTokenId',
    describe: ({ code, status }) => {
      const { type, queryCode } = sqsErrorNames(code);
      return { type, headers: { 'x-amzn-query-error': `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}` } };
    },
  };
}

/** Firehose speaks AWS JSON 1.1. */
export function firehoseService(firehose: EmbeddedFirehose): Service {
  return {
    contentType: 'application/x-amz-json-1.1',
    call: (action, input, context) => firehose.call(action, input, context),
    missingKey: 'MissingAuthenticationTokenException',
    unknownKey: 'UnrecognizedClientException',
    describe: ({ code }) => ({ type: code, headers: {} }),
  };
}

/** Answers one request for an action of a service, or cuts its connection where a fault says so. */
export async function serve(
  service: Service,
  action: string,
  request: IncomingMessage,
  response: ServerResponse,
  requiredKey: string | undefined,
): Promise<void> {
  const hangUp = new AbortController();
  response.on('close', () => {
    if (!response.writableEnded) hangUp.abort();
  });
  try {
    if (requiredKey !== undefined) checkKey(request, requiredKey, service);
    const answer = await service.call(action, await readJson(request), { signal: hangUp.signal });
    response.writeHead(200, { 'content-type': service.contentType }).end(JSON.stringify(answer));
  } catch (error) {
    if (hangUp.signal.aborted) return;
    if (error instanceof ConnectionCut) request.socket.destroy();
    else sendError(service, response, error);
  }
}

function sendError(service: Service, response: ServerResponse, error: unknown): void {
  const failure = error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
  const { type, headers } = service.describe(failure);
  response.writeHead(failure.status, { 'content-type': service.contentType, ...headers });
  response.end(JSON.stringify({ __type: type, message: failure.message }));
}

/** Compares the access key id of a Signature Version 4. The signature itself is not verified. */
function checkKey(request: IncomingMessage, requiredKey: string, service: Service): void {
  const key = /^AWS4-HMAC-SHA256 Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
  if (key === requiredKey) return;
  if (key === undefined) throw new ServiceError(service.missingKey, 'Request is missing Authentication Token.', 403);
  throw new ServiceError(service.unknownKey, 'The security token included in the request is invalid.', 403);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxRequestBytes) throw new ServiceError('RequestEntityTooLarge', 'The request is too large.', 413);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch (error) {
    throw new ServiceError('SerializationException', `The request is not JSON: ${error}`);
  }
}
