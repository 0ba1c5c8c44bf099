import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import type { WorkerConfig } from '../../api/worker-config.ts';
import type { Message } from '../message.ts';
import { binaryEventHeaders, type EventKind, eventJson } from './cloud-event.ts';
import { headerSafe } from './header-value.ts';
import { messageHeaders } from './message-headers.ts';
import { requestHeaders } from './request-headers.ts';
import type { ReadSecret, SecretSource } from './secrets.ts';
import { sqsdHeaders } from './sqsd-headers.ts';
import { pushTraceHeaders } from './trace-context.ts';
import { webhookHeaders, webhookKey } from './webhook-signatures.ts';

type Spec = WorkerConfig['spec'];

/** A request as it is sent: the names and values of its headers in turn, and its body. */
export type WireRequest = { readonly headers: string[]; readonly body: Buffer };

/** Writes the request that carries a message. */
export type EncodeMessage = (message: Message) => WireRequest;

/** What encoders need besides the Courier. */
export type EncoderContext = { readonly secrets: SecretSource; readonly clock: Clock; readonly random: Random };

const structuredContentType = 'application/cloudevents+json; charset=utf-8';

/**
 * The encoder of the Courier's wire profile.
 * @throws Error with a sentence when a secret cannot be used.
 */
export function encoderOf(spec: Spec, context: EncoderContext): EncodeMessage {
  const { secrets, random } = context;
  const { profile, cloudEvents, contentType } = spec.recipient;
  const isStructured = profile === 'CloudEvents' && cloudEvents.mode === 'Structured';
  const always = secrets.derive((read) =>
    requestHeaders(spec, isStructured ? structuredContentType : contentType, read),
  );
  switch (profile) {
    case 'Plain':
      return (message) => ({
        headers: messageHeaders(always.current, message, random),
        body: Buffer.from(message.body),
      });
    case 'Sqsd':
      return (message) => ({ headers: sqsdHeaders(always.current, message, random), body: Buffer.from(message.body) });
    case 'StandardWebhooks':
      return webhookEncoder(spec, () => always.current, context);
    case 'CloudEvents': {
      const kind = eventKind(spec);
      return (message) => {
        const headers = always.current.slice();
        if (!isStructured) headers.push(...binaryEventHeaders(message, kind));
        pushTraceHeaders(headers, message, random);
        return { headers, body: Buffer.from(isStructured ? eventJson(message, kind) : message.body) };
      };
    }
  }
}

function webhookEncoder(
  { recipient }: Spec,
  always: () => readonly string[],
  { secrets, clock, random }: EncoderContext,
): EncodeMessage {
  const keys = secrets.derive((read) => signingKeys(recipient, read));
  return (message) => {
    const body = Buffer.from(message.body);
    const headers = messageHeaders(always(), message, random);
    headers.push(...webhookHeaders(keys.current, headerSafe(message.id), clock.now(), body));
    return { headers, body };
  };
}

/** What the events of a Courier have in common; without a source of their own, they come from the queue. */
export function eventKind({ recipient, queue }: Spec): EventKind {
  const { type, source = queue.url } = recipient.cloudEvents;
  return { type, source, contentType: recipient.contentType };
}

/** @throws Error with a sentence when one of the secrets is none. */
export function signingKeys({ signing }: Spec['recipient'], read: ReadSecret): readonly KeyObject[] {
  return (signing?.secretKeyRefs ?? []).map(({ name, key }) => {
    try {
      return webhookKey(read(name, key) ?? '');
    } catch (error) {
      throw new Error(`the key ${key} of the Secret ${name} cannot sign: ${(error as Error).message}`, {
        cause: error,
      });
    }
  });
}
