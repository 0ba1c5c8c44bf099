import type { CourierRecipient } from './v1alpha1.gen.ts';

/**
 * Where messages are sent: the recipient's url, or that of its Service by the DNS name that it has in every cluster. A
 * Service is spoken to over TLS where `tls` is written, were it empty.
 *
 * @param namespace of the Courier, and so of the Service.
 */
export function recipientUrl({ url, serviceRef, tls }: CourierRecipient, namespace: string): string {
  if (serviceRef === undefined) return url ?? '';
  const { name, port, path } = serviceRef;
  return `${tls === undefined ? 'http' : 'https'}://${name}.${namespace}.svc:${port}${path}`;
}
