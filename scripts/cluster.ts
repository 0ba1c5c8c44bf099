/**
 * `npm run cluster`: a Kubernetes cluster on this machine for a person to try Courier on. The control plane is a real one;
 * its node runs pods as local processes. Options, after `--`:
 *
 *   --image NAME=COMMAND   what a pod with the image NAME runs, words separated by spaces; may be repeated.
 *                          `courier:dev` is the working tree.
 *   --directory PATH       where data and logs go and stay; otherwise they go when the cluster stops.
 */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cluster, startCluster } from '../test/cluster/cluster.ts';
import type { Image } from '../test/cluster/kubelet/images.ts';
import { findTool } from '../test/cluster/tools.ts';

const project = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: { image: { type: 'string', multiple: true, default: [] }, directory: { type: 'string' } },
});

const stopped = AbortSignal.any([aborted('SIGINT'), aborted('SIGTERM')]);
const images = new Map([
  ['courier:dev', localImage([process.execPath, join(project, 'cli', 'main.ts')])],
  ...values.image.map(namedImage),
]);
const startedAt = performance.now();
const cluster = await startCluster({
  images,
  crds: [join(project, 'crds', 'courier.dev_couriers.yaml')],
  ...(values.directory === undefined ? {} : { directory: resolve(values.directory) }),
});
if (!stopped.aborted) {
  console.log(await describe(cluster, (performance.now() - startedAt) / 1000));
  await once(stopped, 'abort');
}
console.log('stopping');
await cluster.stop();

/** Aborts at the first signal `name`. Further ones change nothing: npm passes on the Ctrl-C that this process got itself. */
function aborted(name: NodeJS.Signals): AbortSignal {
  const controller = new AbortController();
  process.on(name, () => controller.abort());
  return controller.signal;
}

function localImage(entrypoint: readonly string[]): Image {
  return { entrypoint, workingDirectory: project, directories: [project] };
}

function namedImage(option: string): [string, Image] {
  const [, name, command] = /^([^=]+)=(.+)$/.exec(option) ?? [];
  if (name === undefined || command === undefined)
    throw new Error(`--image ${option} is not NAME=COMMAND, such as --image "web=node server.js"`);
  return [name, localImage(command.split(' '))];
}

async function describe({ controlPlane, kubelets }: Cluster, tookSeconds: number): Promise<string> {
  const { etcd, apiServer, controllerManager, scheduler } = controlPlane;
  const servers = [etcd, apiServer, controllerManager, scheduler];
  return [
    `A cluster runs at ${controlPlane.server} after ${tookSeconds.toFixed(1)} s:`,
    ...servers.map(({ name, pid, logFile }) => `  ${name}, process ${pid}, logs to ${logFile}`),
    ...[...kubelets.keys()].map((node) => `  ${node}, pods log to ${join(controlPlane.directory, node, 'logs')}`),
    `Its images: ${[...images].map(([name, { entrypoint }]) => `${name} (${entrypoint.join(' ')})`).join(', ')}`,
    `Tools: ${await findTool('kubectl')}, ${await findTool('helm')}`,
    '',
    `export KUBECONFIG=${controlPlane.kubeconfig()}`,
    '',
    'Ctrl-C stops it all.',
  ].join('\n');
}
