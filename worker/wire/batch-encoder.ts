import { hash } from 'node:crypto';
import type { WorkerConfig } from '../../api/worker-config.ts';
import { BatchBody, batchFrames, elementEncoder } from './batch-body.ts';
import { type EncoderContext, eventKind, signingKeys, type WireRequest } from './encoder.ts';
import { requestHeaders } from './request-headers.ts';
import { webhookHeaders } from './webhook-signatures.ts';

/** Writes requests that carry several messages. */
export type BatchEncoder = {
  /** Begins a body. */
  readonly begin: () => BatchBody;
  /** The request that carries a body. */
  readonly finish: (body: BatchBody) => WireRequest;
  /** Whether the answer says which messages were not accepted. */
  readonly partialFailures: boolean;
};

/**
 * The encoder of the Courier's batches; undefined where it sends one message a request.
 * @throws Error with a sentence when a secret cannot be used.
 */
export function batchEncoderOf(spec: WorkerConfig['spec'], context: EncoderContext): BatchEncoder | undefined {
  const { batch } = spec.recipient;
  if (batch === undefined) return undefined;
  const { secrets, clock, random } = context;
  const frame = batchFrames[batch.format];
  const encode = elementEncoder(batch.format, eventKind(spec), random);
  const always = secrets.derive((read) => requestHeaders(spec, frame.contentType, read));
  const keys = secrets.derive((read) => signingKeys(spec.recipient, read));
  return {
    begin: () => new BatchBody(frame, batch.maxBytes, encode),
    finish: (batchBody) => {
      const body = batchBody.toBuffer();
      const headers = [...always.current, 'courier-batch-size', String(batchBody.ids.size)];
      if (keys.current.length > 0)
        headers.push(...webhookHeaders(keys.current, batchId(batchBody.ids), clock.now(), body));
      return { headers, body };
    },
    partialFailures: batch.partialFailures,
  };
}

/** The same for the same messages, so that a recipient recognises a batch that comes again as it was. */
function batchId(ids: ReadonlySet<string>): string {
  return `batch_${hash('sha256', [...ids].join('\n'), 'hex')}`;
}
