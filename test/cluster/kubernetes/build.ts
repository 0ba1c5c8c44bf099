import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce } from '../cache.ts';

const kubernetesVersion = '1.37.2';
const sources = ['go.mod', 'go.sum', 'main.go', 'build.ts'];

/**
 * The binary that holds the whole control plane, from the user's cache, which it is built into when it is not there yet:
 * about five minutes and 5 GiB of memory on two cores.
 * @returns its path; its first argument says which component to be.
 * @throws Error when Go is missing or the build fails.
 */
export async function buildControlPlane(): Promise<string> {
  const key = await sourceHash();
  const directory = await installOnce(`kubernetes-${kubernetesVersion}-${key}`, async (unfinished) => {
    console.error(`building Kubernetes ${kubernetesVersion}, about 5 minutes, once`);
    await build(unfinished);
  });
  return join(directory, 'control-plane');
}

/** Everything that the binary depends on. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256').update(goVersion());
  for (const source of sources) hash.update(await readFile(join(import.meta.dirname, source)));
  return hash.digest('hex').slice(0, 16);
}

function goVersion(): string {
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    'the control plane of the cluster tests is built with Go, and `go` does not run: install Go 1.26 or later, ' +
      'or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver, kube-controller-manager and kube-scheduler',
  );
}

/**
 * Builds into `directory`. What the compiler leaves behind, 3.7 GB and of use to nobody else, goes when the build succeeds;
 * a build that was interrupted goes on from there.
 */
async function build(directory: string): Promise<void> {
  const compilerCache = join(directory, '..', 'kubernetes-compiler-cache');
  const args = ['build', '-trimpath', '-buildvcs=false', '-tags', 'selinux,notest,grpcnotrace'];
  const env = { CGO_ENABLED: '0', GOGC: 'off', GOFLAGS: '', GOWORK: 'off', GOCACHE: compilerCache };
  await go([...args, '-ldflags', linkerFlags(), '-o', join(directory, 'control-plane'), '.'], env);
  await rm(compilerCache, { recursive: true });
}

/** The version that the servers report: without it they call themselves v0.0.0, and clients refuse what they know not. */
function linkerFlags(): string {
  const [major, minor] = kubernetesVersion.split('.');
  const versions = { gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor };
  const flags = ['-s', '-w'];
  for (const module of ['k8s.io/component-base', 'k8s.io/client-go'])
    for (const [name, value] of Object.entries(versions)) flags.push('-X', `${module}/version.${name}=${value}`);
  return flags.join(' ');
}

async function go(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<void> {
  const env = { ...process.env, ...settings };
  const child = spawn('go', args, { cwd: import.meta.dirname, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const output: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`go ${args[0]} ended with ${code ?? signal}:\n${Buffer.concat(output).toString()}`);
}
