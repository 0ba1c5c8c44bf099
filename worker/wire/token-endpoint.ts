import { Agent } from 'undici';
import { parseObject } from '../../api/json.ts';
import { redacted } from '../../api/redacted.ts';
import { attemptFailure } from '../attempt-error.ts';

/** How long the endpoint may take for a token. */
const tokenTimeoutMs = 10_000;
/** An answer is a token and a few words. */
const maxAnswerBytes = 65_536;
/** What is told of an answer that is no token. */
const maxSaidLength = 350;
/** What a token is taken to live for whose endpoint does not say: RFC 6749, section 5.1, only recommends that it does. */
const defaultLifetimeSeconds = 300;

export type AccessToken = { readonly value: string; readonly lifetimeSeconds: number };

export type TokenRequest = {
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
  /** Whom the token is to be for; undefined: that is not said. */
  readonly audience: string | undefined;
  /** How the client shows its secret: in the Authorization header, or in the form. */
  readonly clientAuthentication: 'Basic' | 'Post';
  readonly clientId: string;
  readonly clientSecret: string;
  /** Authorities that are trusted, in PEM; those that Node knows when undefined. */
  readonly ca: readonly string[] | undefined;
};

/**
 * Asks for a token by the client credentials grant (RFC 6749, section 4.4), as a client that shows its secret in one of the two
 * ways of section 2.3.1. `audience` is no part of that standard: Auth0 and others ask for it.
 *
 * @throws Error with a sentence: what the endpoint said, and never the secret.
 */
export async function requestToken(token: TokenRequest, signal: AbortSignal): Promise<AccessToken> {
  const { tokenUrl, ca } = token;
  const agent = new Agent({ connect: ca === undefined ? {} : { ca: [...ca] }, maxResponseSize: maxAnswerBytes });
  try {
    const { origin, pathname, search } = new URL(tokenUrl);
    const response = await agent.request({
      ...{ origin, path: pathname + search, method: 'POST' },
      headers: {
        ...basicAuthorization(token),
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'user-agent': 'courier',
      },
      body: formOf(token),
      signal: AbortSignal.any([signal, AbortSignal.timeout(tokenTimeoutMs)]),
    });
    return readToken(tokenUrl, response.statusCode, await response.body.text());
  } catch (error) {
    if (error instanceof TokenRefused) {
      // It may say what it was sent. That is cut short afterwards, or half a secret would be left.
      const said = redacted(error.message, secretsIn(token));
      throw new Error(said.slice(0, tokenUrl.length + maxSaidLength));
    }
    throw new Error(`the token endpoint ${tokenUrl} cannot be asked: ${attemptFailure(error).detail}`, {
      cause: error,
    });
  } finally {
    await agent.destroy();
  }
}

/** What of a request is secret, in each form that it is sent in. */
function secretsIn({ clientId, clientSecret }: TokenRequest): readonly string[] {
  return [clientSecret, formEncoded(clientSecret), basicCredentials(clientId, clientSecret)];
}

function basicAuthorization({ clientAuthentication, clientId, clientSecret }: TokenRequest): Record<string, string> {
  if (clientAuthentication === 'Post') return {};
  return { authorization: `Basic ${basicCredentials(clientId, clientSecret)}` };
}

function basicCredentials(clientId: string, clientSecret: string): string {
  return Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64');
}

function formOf({ scopes, audience, clientAuthentication, clientId, clientSecret }: TokenRequest): string {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  if (audience !== undefined) form.set('audience', audience);
  if (clientAuthentication === 'Post') {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret);
  }
  return form.toString();
}

/** Thrown when the endpoint has answered, and not with a token. */
class TokenRefused extends Error {}

function readToken(tokenUrl: string, status: number, text: string): AccessToken {
  const answer = parseObject(text) ?? {};
  const { access_token: value, token_type: type, expires_in: expires } = answer;
  if (status !== 200) {
    const words = [answer.error, answer.error_description].filter((word) => typeof word === 'string').join(': ');
    throw new TokenRefused(`the token endpoint ${tokenUrl} answered ${status}${words && ` ${words}`}`);
  }
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new TokenRefused(`the token endpoint ${tokenUrl} answered 200 without an access_token`);
  }
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') {
    throw new TokenRefused(`the token endpoint ${tokenUrl} gives tokens of the type ${type}, and only Bearer is known`);
  }
  const seconds = Number(expires ?? defaultLifetimeSeconds);
  return { value, lifetimeSeconds: seconds > 0 ? seconds : defaultLifetimeSeconds };
}

/** RFC 6749, appendix B: a space is a plus. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
