import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endingWithParent } from '../end-with-parent.ts';
import type { Launch, Mount, SandboxRequest } from './sandbox.ts';

const serviceAccountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Without the right to mount: where the pod's own `env`, `command` and `args` name a path below a mount, they get the path
 * of this machine instead. A program that has a mounted path built in does not find it; for the commonest, the service
 * account's, KUBECONFIG names a file that says where it is. Nothing is read-only.
 */
export async function rewritePaths(request: SandboxRequest): Promise<Launch> {
  const { program, imageEnvironment, podEnvironment, mounts, workingDirectory } = request;
  const rewrite = rewriter(mounts);
  const rewritten = Object.entries(podEnvironment).map(([name, value]) => [name, rewrite(value)]);
  return {
    command: endingWithParent([...program.fromImage, ...program.fromPod.map(rewrite)]),
    environment: {
      ...imageEnvironment,
      ...(await serviceAccountEnvironment(request)),
      ...Object.fromEntries(rewritten),
    },
    workingDirectory: rewrite(workingDirectory),
  };
}

function rewriter(mounts: readonly Mount[]): (text: string) => string {
  const deepestFirst = mounts.toSorted((a, b) => b.target.length - a.target.length);
  if (deepestFirst.length === 0) return (text) => text;
  const sources = new Map(deepestFirst.map(({ source, target }) => [withoutSlash(target), source]));
  const targets = [...sources.keys()].map(RegExp.escape).join('|');
  const mounted = new RegExp(`(?<![\\w./-])(${targets})(?![\\w.-])`, 'g');
  return (text) => text.replace(mounted, (target) => sources.get(target) ?? target);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

async function serviceAccountEnvironment(request: SandboxRequest): Promise<Readonly<Record<string, string>>> {
  const account = request.mounts.find(({ target }) => withoutSlash(target) === serviceAccountPath);
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = request.podEnvironment;
  if (account === undefined) return {};
  const cluster = { server: `https://${host}:${port}`, 'certificate-authority': join(account.source, 'ca.crt') };
  const path = join(request.scratch, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'in-cluster', cluster }],
    users: [{ name: 'in-cluster', user: { tokenFile: join(account.source, 'token') } }],
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'in-cluster' } }],
    'current-context': 'in-cluster',
  };
  await writeFile(path, JSON.stringify(config));
  return { KUBECONFIG: path };
}
