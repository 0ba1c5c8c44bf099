import type { Pool } from 'undici';
import type { Clock } from '../../api/clock.ts';
import type { WorkerConfig } from '../../api/worker-config.ts';
import { Connections } from '../connections.ts';
import type { SecretSource } from './secrets.ts';
import { isSameMaterial, secureContext, type TlsMaterial, tlsMaterial } from './tls-material.ts';

type Recipient = WorkerConfig['spec']['recipient'];

/**
 * The connections to the recipient: of HTTP/1.1, with one request at a time on each. When certificates change, new ones take
 * their place.
 * @throws Error with a sentence when certificates cannot be used.
 */
export function recipientConnections(recipient: Recipient, secrets: SecretSource, clock: Clock): Connections {
  let made: { readonly material: TlsMaterial; readonly connections: Connections } | undefined;
  const derived = secrets.derive((read) => {
    const material = tlsMaterial(recipient, read);
    if (made !== undefined && isSameMaterial(material, made.material)) return made.connections;
    const connect = connectOptions(recipient, material);
    const connections = made?.connections ?? open(recipient, connect, clock);
    if (made !== undefined) connections.change({ connect });
    made = { material, connections };
    return connections;
  });
  return derived.current;
}

function open({ url, concurrency }: Recipient, connect: Pool.Options['connect'] & object, clock: Clock): Connections {
  const options = { pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
  return new Connections(new URL(url).origin, { ...options, connect }, concurrency.maxPerReplica, clock);
}

function connectOptions(recipient: Recipient, material: TlsMaterial): Pool.Options['connect'] & object {
  const context = secureContext(recipient, material);
  const serverName = recipient.tls?.serverName;
  return {
    timeout: recipient.connectTimeoutSeconds * 1000,
    ...(context === undefined ? {} : { secureContext: context }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
