import type { Credentials } from './sigv4.ts';

/** The SDK asks again five minutes before credentials expire: so it asks every five seconds. */
const validMs = 305_000;

/**
 * A provider of the SDK for credentials that may be replaced while they are in use.
 * @param current the credentials as they are now.
 */
export function rotatingCredentials(
  current: () => Credentials,
  nowTimeMs: () => number,
): () => Promise<Credentials & { readonly expiration: Date }> {
  return async () => ({ ...current(), expiration: new Date(nowTimeMs() + validMs) });
}
