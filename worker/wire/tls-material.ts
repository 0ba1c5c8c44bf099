import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { certificateKeys } from '../../api/secret-keys.ts';
import type { WorkerConfig } from '../../api/worker-config.ts';
import type { ReadSecret } from './secrets.ts';

type Recipient = WorkerConfig['spec']['recipient'];

/** What is trusted and shown in TLS, in PEM. */
export type TlsMaterial = {
  /** Trusted instead of the authorities that Node knows. */
  readonly ca: string | undefined;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
};

/** The certificates of a Courier, as they are in its Secrets. */
export function tlsMaterial({ tls }: Recipient, read: ReadSecret): TlsMaterial {
  const { caSecretRef, clientCertificateSecretRef } = tls ?? {};
  const name = clientCertificateSecretRef?.name;
  return {
    ca: caSecretRef && read(caSecretRef.name, caSecretRef.key),
    certificate:
      name === undefined
        ? undefined
        : { cert: read(name, certificateKeys.certificate) ?? '', key: read(name, certificateKeys.key) ?? '' },
  };
}

export function isSameMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  return a.ca === b.ca && a.certificate?.cert === b.certificate?.cert && a.certificate?.key === b.certificate?.key;
}

/**
 * Makes what connections to the recipient have in common; undefined where they use what Node does by itself.
 * @throws Error with a sentence when certificates or key cannot be used.
 */
export function secureContext({ tls }: Recipient, { ca, certificate }: TlsMaterial): SecureContext | undefined {
  if (ca === undefined && certificate === undefined) return undefined;
  const names = [tls?.caSecretRef?.name, tls?.clientCertificateSecretRef?.name].filter((name) => name !== undefined);
  try {
    return createSecureContext({ ...(ca === undefined ? {} : { ca: certificatesOf(ca) }), ...certificate });
  } catch (error) {
    const secrets = `the Secret${names.length === 1 ? '' : 's'} ${names.join(' and ')}`;
    throw new Error(`the certificates in ${secrets} cannot be used (${(error as Error).message}): write them in PEM`, {
      cause: error,
    });
  }
}

/** Who is trusted where the Courier's own authority is one of several: what Node knows, and it. */
export function withKnownAuthorities(ca: string | undefined): string[] | undefined {
  return ca === undefined ? undefined : [...rootCertificates, ca];
}

/** Node takes text without a certificate for nobody to trust, and says so at each connection; better at once. */
function certificatesOf(pem: string): string {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('there is no certificate of an authority');
  return pem;
}
