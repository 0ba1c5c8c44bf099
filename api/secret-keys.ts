import type { CourierAws, CourierRecipientAuthentication, CourierSpec } from './v1alpha1.gen.ts';

/** The keys of a Secret with AWS credentials: the names of the environment variables that every SDK reads. */
export const awsCredentialKeys = {
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  /** Temporary credentials have one, those of a user do not. */
  sessionToken: 'AWS_SESSION_TOKEN',
} as const;

/** The keys of a Secret of the type kubernetes.io/basic-auth. */
export const basicAuthKeys = { username: 'username', password: 'password' } as const;

/** The keys of a Secret with an OAuth2 client: the names of its parameters in RFC 6749. */
export const oauth2ClientKeys = { id: 'client_id', secret: 'client_secret' } as const;

/** The keys of a Secret of the type kubernetes.io/tls. */
export const certificateKeys = { certificate: 'tls.crt', key: 'tls.key' } as const;

/** A key of a Secret that a Courier names, and the field that names it. */
export type SecretKey = {
  readonly secret: string;
  readonly key: string;
  readonly field: string;
  readonly optional?: true;
};

type SecretSpec = Pick<CourierSpec, 'recipient'> & { readonly aws?: CourierAws };

/** Every key that workers read of Secrets in the namespace of their Courier. */
export function secretKeysOf({ recipient, aws }: SecretSpec): readonly SecretKey[] {
  const { headers = [], signing, authentication, tls } = recipient;
  return [
    ...(aws?.credentialsSecretRef === undefined ? [] : awsKeys(aws.credentialsSecretRef.name)),
    ...headers.flatMap(({ valueFrom }, index) =>
      valueFrom === undefined ? [] : [keyOf(valueFrom.secretKeyRef, `spec.recipient.headers[${index}].valueFrom`)],
    ),
    ...(signing?.secretKeyRefs ?? []).map((ref, index) => keyOf(ref, `spec.recipient.signing.secretKeyRefs[${index}]`)),
    ...authenticationKeys(authentication ?? {}, 'spec.recipient.authentication'),
    ...(tls?.caSecretRef === undefined ? [] : [keyOf(tls.caSecretRef, 'spec.recipient.tls.caSecretRef')]),
    ...keysOf(tls?.clientCertificateSecretRef, certificateKeys, 'spec.recipient.tls.clientCertificateSecretRef'),
  ];
}

/** The Secrets that workers read, by their names in order. */
export function secretNamesOf(spec: SecretSpec): readonly string[] {
  return [...new Set(secretKeysOf(spec).map(({ secret }) => secret))].sort();
}

function authenticationKeys({ bearer, basic, oauth2 }: CourierRecipientAuthentication, field: string) {
  return [
    ...(bearer === undefined ? [] : [keyOf(bearer.secretKeyRef, `${field}.bearer.secretKeyRef`)]),
    ...keysOf(basic?.secretRef, basicAuthKeys, `${field}.basic.secretRef`),
    ...keysOf(oauth2?.clientSecretRef, oauth2ClientKeys, `${field}.oauth2.clientSecretRef`),
  ];
}

function awsKeys(secret: string): readonly SecretKey[] {
  const field = 'spec.aws.credentialsSecretRef';
  const { accessKeyId, secretAccessKey, sessionToken } = awsCredentialKeys;
  return [
    { secret, key: accessKeyId, field },
    { secret, key: secretAccessKey, field },
    { secret, key: sessionToken, field, optional: true },
  ];
}

function keysOf(
  ref: { readonly name: string } | undefined,
  keys: Readonly<Record<string, string>>,
  field: string,
): readonly SecretKey[] {
  return ref === undefined ? [] : Object.values(keys).map((key) => ({ secret: ref.name, key, field }));
}

function keyOf({ name, key }: { readonly name: string; readonly key: string }, field: string): SecretKey {
  return { secret: name, key, field };
}
