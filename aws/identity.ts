import type { Credentials } from './sigv4.ts';

/** As whom AWS is called. Without either, as whom the AWS SDK finds: the pod, the profile, the environment. */
export type Identity = {
  /** A role that is assumed, with `credentials` or with what the SDK finds. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly credentials?: Credentials | (() => Promise<Credentials>) | undefined;
};

/** What an assumed role's sessions are called in CloudTrail, before a name of the caller's. */
const sessionPrefix = 'courier-';

/**
 * The credentials of an identity, as a provider of the SDK that renews them before they expire; undefined for what the
 * SDK finds by itself.
 *
 * @param sessionName whose session this is: letters, digits, `-` and `.`.
 */
export async function credentialsOf(
  { roleArn, externalId, credentials }: Identity,
  sessionName: string,
): Promise<(() => Promise<Credentials>) | undefined> {
  if (roleArn === undefined) {
    return credentials === undefined || typeof credentials === 'function' ? credentials : async () => credentials;
  }
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  return fromTemporaryCredentials({
    ...(credentials !== undefined && { masterCredentials: credentials }),
    params: {
      RoleArn: roleArn,
      // STS takes 64 characters at most.
      RoleSessionName: `${sessionPrefix}${sessionName}`.slice(0, 64),
      ...(externalId !== undefined && { ExternalId: externalId }),
    },
  });
}
