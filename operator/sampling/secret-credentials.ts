import { awsCredentialKeys } from '../../api/secret-keys.ts';
import type { Credentials } from '../../aws/sigv4.ts';
import { secrets } from '../exchange/operator-key.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';

/** Thrown when there are no credentials in the Secret that a Courier names; its message is a sentence with the remedy. */
export class CredentialsSecretError extends Error {
  override readonly name = 'CredentialsSecretError';
  /** Whether it may pass by itself: the API server did not answer. */
  readonly passing: boolean;

  constructor(message: string, passing: boolean, cause?: unknown) {
    super(message, { cause });
    this.passing = passing;
  }
}

/**
 * Reads AWS credentials from a Secret: the only Secrets of others that the operator ever reads.
 * @throws CredentialsSecretError when it is missing, forbidden, incomplete or cannot be read now.
 */
export async function readSecretCredentials(
  client: Pick<KubeClient, 'get'>,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Credentials> {
  const data = await client.get(secrets, { namespace, name }, signal).then(
    (secret) => secret.data ?? {},
    (error: unknown) => {
      const final = error instanceof KubeError && (error.isNotFound || error.isForbidden);
      throw new CredentialsSecretError(whyUnread(error, namespace, name), !final, error);
    },
  );
  const value = (key: string) => {
    const text = Buffer.from(data[key] ?? '', 'base64')
      .toString()
      .trim();
    return text === '' ? undefined : text;
  };
  const keys = awsCredentialKeys;
  const [accessKeyId, secretAccessKey] = [value(keys.accessKeyId), value(keys.secretAccessKey)];
  const sessionToken = value(keys.sessionToken);
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId === undefined ? keys.accessKeyId : keys.secretAccessKey;
    throw new CredentialsSecretError(
      `The Secret ${namespace}/${name} that spec.aws.credentialsSecretRef names has no ${missing}. Add it to the Secret.`,
      false,
    );
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function whyUnread(error: unknown, namespace: string, name: string): string {
  const secret = `The Secret ${namespace}/${name} that spec.aws.credentialsSecretRef names`;
  if (error instanceof KubeError && error.isNotFound) return `${secret} does not exist. Create it, or name another.`;
  if (error instanceof KubeError && error.isForbidden) {
    return `${secret} may not be read by the operator. Let its ServiceAccount get Secrets in this namespace.`;
  }
  return `${secret} could not be read: ${error instanceof Error ? error.message : String(error)}.`;
}
