import { basicAuthKeys } from '../../api/secret-keys.ts';
import type { WorkerConfig } from '../../api/worker-config.ts';
import { assertHeaderValue } from './header-value.ts';
import type { ReadSecret } from './secrets.ts';

/**
 * The authorization header of every request, where it is made of a Secret alone: a bearer token, or user name and password
 * (RFC 7617, in UTF-8). Undefined where there is none, and for OAuth2, whose tokens come and go.
 *
 * @throws Error with a sentence that quotes no secret.
 */
export function fixedAuthorization(
  { authentication }: WorkerConfig['spec']['recipient'],
  read: ReadSecret,
): string | undefined {
  const { bearer, basic } = authentication ?? {};
  if (bearer !== undefined) {
    const { name, key } = bearer.secretKeyRef;
    const token = read(name, key) ?? '';
    if (token === '') throw new Error(`the key ${key} of the Secret ${name} is empty: put the bearer token into it`);
    assertHeaderValue(token, `the key ${key} of the Secret ${name}`, 'the header authorization');
    return `Bearer ${token}`;
  }
  if (basic === undefined) return undefined;
  const { name } = basic.secretRef;
  const username = read(name, basicAuthKeys.username) ?? '';
  const password = read(name, basicAuthKeys.password) ?? '';
  if (username.includes(':')) {
    throw new Error(
      `the user name in the Secret ${name} holds a colon, which basic authentication cannot carry: remove it`,
    );
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
