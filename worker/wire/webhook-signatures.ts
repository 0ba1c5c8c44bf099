import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** The secrets of Standard Webhooks have 24 to 64 bytes. */
const secretBytes = { least: 24, most: 64 } as const;

/**
 * Reads a secret of Standard Webhooks: `whsec_` and base64, or base64 alone.
 * @throws Error with a sentence that does not quote it.
 */
export function webhookKey(secret: string): KeyObject {
  if (secret.startsWith('whsk_') || secret.startsWith('whpk_')) {
    throw new Error('it is an asymmetric key: requests are signed with symmetric secrets, which begin with whsec_');
  }
  const base64 = secret.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw new Error('it is no secret of Standard Webhooks: write whsec_ and 24 to 64 bytes in base64');
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < secretBytes.least || bytes.length > secretBytes.most) {
    throw new Error(`it holds ${bytes.length} bytes: a secret of Standard Webhooks has 24 to 64, in base64`);
  }
  return createSecretKey(bytes);
}

/**
 * The three headers of Standard Webhooks for a body: https://www.standardwebhooks.com. There is one signature for each
 * key, so that a recipient that knows either of two secrets accepts the request while they are rotated.
 *
 * @param id the same over all attempts.
 * @param timeMs of this attempt, in epoch milliseconds.
 */
export function webhookHeaders(keys: readonly KeyObject[], id: string, timeMs: number, body: Buffer): string[] {
  const timestamp = String(Math.floor(timeMs / 1000));
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  return ['webhook-id', id, 'webhook-timestamp', timestamp, 'webhook-signature', signatures.join(' ')];
}
