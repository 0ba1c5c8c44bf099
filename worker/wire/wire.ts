import { oauth2ClientKeys } from '../../api/secret-keys.ts';
import type { WorkerConfig } from '../../api/worker-config.ts';
import type { Wire } from '../http-recipient.ts';
import type { WorkerLog } from '../log.ts';
import { AccessTokens } from './access-tokens.ts';
import { batchEncoderOf } from './batch-encoder.ts';
import { recipientConnections } from './connections.ts';
import { type EncoderContext, encoderOf } from './encoder.ts';
import { tlsMaterial, withKnownAuthorities } from './tls-material.ts';
import { requestToken } from './token-endpoint.ts';

export type WireContext = EncoderContext & { readonly log: WorkerLog };

/**
 * Wires what requests to the recipient are made of and carried by.
 * @throws Error with a sentence when a secret cannot be used.
 */
export function openWire(spec: WorkerConfig['spec'], context: WireContext): Wire {
  return {
    encode: encoderOf(spec, context),
    batches: batchEncoderOf(spec, context),
    connections: recipientConnections(spec.recipient, context.secrets, context.clock),
    tokens: accessTokensOf(spec, context),
  };
}

function accessTokensOf({ recipient }: WorkerConfig['spec'], context: WireContext): AccessTokens | undefined {
  const oauth2 = recipient.authentication?.oauth2;
  if (oauth2 === undefined) return undefined;
  const { tokenUrl, clientSecretRef, scopes = [], audience, clientAuthentication } = oauth2;
  const request = context.secrets.derive((read) => ({
    ...{ tokenUrl, scopes, audience, clientAuthentication, ca: withKnownAuthorities(tlsMaterial(recipient, read).ca) },
    clientId: read(clientSecretRef.name, oauth2ClientKeys.id) ?? '',
    clientSecret: read(clientSecretRef.name, oauth2ClientKeys.secret) ?? '',
  }));
  const { clock, random, log } = context;
  const tokens = new AccessTokens({
    ...{ clock, random, log },
    request: (signal) => requestToken(request.current, signal),
  });
  context.secrets.derive(() => tokens.retryNow());
  return tokens;
}
