import { awsCredentialKeys } from '../api/secret-keys.ts';
import type { Credentials } from '../aws/sigv4.ts';
import type { SecretSource } from './wire/secrets.ts';

/** The AWS credentials in the Secret `name`, as they are whenever they are asked for. */
export function secretCredentials(secrets: SecretSource, name: string): () => Credentials {
  const derived = secrets.derive((read) => {
    const value = (key: string) => read(name, key)?.trim() ?? '';
    const sessionToken = value(awsCredentialKeys.sessionToken);
    return {
      accessKeyId: value(awsCredentialKeys.accessKeyId),
      secretAccessKey: value(awsCredentialKeys.secretAccessKey),
      ...(sessionToken === '' ? {} : { sessionToken }),
    };
  });
  return () => derived.current;
}
