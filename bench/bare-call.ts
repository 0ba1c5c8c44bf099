import type { Dispatcher, Pool } from 'undici';
import type { Signer } from '../aws/sigv4.ts';

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
export const region = 'us-east-1';

/** The least that a call to AWS can be on the parts that Courier uses: sign, send, parse; no deadline, no errors. */
export function bareCall(
  pool: Pool,
  signer: Signer,
  target: string,
  input: () => unknown,
  parse: (text: string) => unknown = JSON.parse,
): () => Promise<unknown> {
  return async () => {
    const body = Buffer.from(JSON.stringify(input()));
    return parse((await barePost(pool, '/', signer.sign(target, body, credentials, Date.now()), body)).toString());
  };
}

/** The least that a POST can be: send, and read to the end. */
export function barePost(pool: Pool, path: string, headers: string[], body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
      collector(resolve, reject),
    );
  });
}

function collector(resolve: (body: Buffer) => void, reject: (error: Error) => void): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  return {
    onRequestStart() {},
    onResponseStart() {},
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd: () => resolve(Buffer.concat(chunks)),
    onResponseError: (_controller, error) => reject(error),
  };
}
