import { writeFile } from 'node:fs/promises';

/** How to reach an API server, as whom. */
export type Connection = {
  /** `https://127.0.0.1:20443` */
  readonly server: string;
  /** The certificate that the server's must be signed by, as PEM. */
  readonly ca: string;
  readonly token: string;
};

/** Writes a kubeconfig for `connection`, readable by its owner only. JSON is YAML. */
export async function writeKubeconfig(path: string, { server, ca, token }: Connection): Promise<void> {
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'courier', cluster }],
    users: [{ name: 'courier', user: { token } }],
    contexts: [{ name: 'courier', context: { cluster: 'courier', user: 'courier' } }],
    'current-context': 'courier',
  };
  await writeFile(path, JSON.stringify(config, undefined, 2), { mode: 0o600 });
}
