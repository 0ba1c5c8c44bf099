import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selfSignedCertificate, signingKey } from './certificate.ts';
import { type Connection, writeKubeconfig } from './connection.ts';

/** Somebody whom the API server knows from its start, by a token. */
export type User = { readonly name: string; readonly groups: readonly string[] };

/** What the servers of a control plane read at their start. */
export type ControlPlaneFiles = {
  readonly directory: string;
  readonly ca: string;
  /** By user name. */
  readonly tokens: ReadonlyMap<string, string>;
};

/** Files in the control plane's directory. */
export const fileNames = {
  certificate: 'server.crt',
  privateKey: 'server.key',
  serviceAccountPublicKey: 'service-accounts.pub',
  serviceAccountPrivateKey: 'service-accounts.key',
  tokens: 'tokens.csv',
  auditPolicy: 'audit-policy.json',
  auditLog: 'audit.log',
  etcdData: 'etcd',
} as const;

/** Where a user's kubeconfig is. */
export function kubeconfigPath(directory: string, user: string): string {
  return join(directory, `${user.replaceAll(':', '-')}.kubeconfig`);
}

/** Makes the keys, the tokens and a kubeconfig for each of `users`. */
export async function writeControlPlaneFiles(
  directory: string,
  server: string,
  users: readonly User[],
): Promise<ControlPlaneFiles> {
  await mkdir(join(directory, fileNames.etcdData), { recursive: true, mode: 0o700 });
  const serving = selfSignedCertificate('kube-apiserver', ['127.0.0.1', 'localhost', 'kubernetes.default.svc']);
  const accounts = signingKey();
  const tokens = new Map(users.map(({ name }) => [name, randomUUID()]));
  const write = (file: string, text: string) => writeFile(join(directory, file), text, { mode: 0o600 });
  await write(fileNames.certificate, serving.certificate);
  await write(fileNames.privateKey, serving.privateKey);
  await write(fileNames.serviceAccountPublicKey, accounts.publicKey);
  await write(fileNames.serviceAccountPrivateKey, accounts.privateKey);
  await write(fileNames.tokens, users.map((user) => tokenLine(user, tokens)).join(''));
  await write(fileNames.auditPolicy, JSON.stringify(auditPolicy));
  for (const [user, token] of tokens) {
    const connection: Connection = { server, ca: serving.certificate, token };
    await writeKubeconfig(kubeconfigPath(directory, user), connection);
  }
  return { directory, ca: serving.certificate, tokens };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file */
function tokenLine({ name, groups }: User, tokens: ReadonlyMap<string, string>): string {
  return `${tokens.get(name)},${name},${name},"${groups.join(',')}"\n`;
}

/** Every answered request: who, what, with which outcome. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};
