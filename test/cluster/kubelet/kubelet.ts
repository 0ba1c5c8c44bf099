import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiClient } from '../api-client.ts';
import type { Connection } from '../connection.ts';
import { type BackOffPolicy, kubernetesBackOff } from './back-off.ts';
import type { Images } from './images.ts';
import { fileLog, type Log } from './log.ts';
import { keepLease, registerNode } from './node.ts';
import { DirectReader, SharedReader } from './object-reader.ts';
import type { Pod } from './objects.ts';
import { PodAddressPool } from './pod-addresses.ts';
import { type PodHost, PodRunner } from './pod-runner.ts';
import { followPods } from './pod-source.ts';
import { findSandbox, type Sandbox } from './sandbox.ts';

/** What a kubelet starts with. */
export type KubeletOptions = {
  readonly nodeName: string;
  /** As the user `system:node:<nodeName>`. */
  readonly connection: Connection;
  /** Where logs and volumes of pods go. */
  readonly directory: string;
  readonly images: Images;
  /** Where containers find the API server; that of `connection` by default, or a proxy before it. */
  readonly apiServer?: string;
  /** Delays between restarts of a container; Kubernetes' own by default. */
  readonly backOff?: BackOffPolicy;
  /** How often volumes are compared with their objects; a second by default, since tests wait for it. */
  readonly refreshIntervalMs?: number;
  /** How volumes get where containers expect them; the best that this machine allows by default. */
  readonly sandbox?: Sandbox;
};

/** A pod that runs on this machine. */
export type RunningPod = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The address on which it listens. */
  readonly address: string;
  readonly containers: readonly RunningContainer[];
};

/** A container of a {@link RunningPod}. */
export type RunningContainer = {
  readonly name: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** What it has written since its last start. */
  readonly logFile: string;
};

/** Runs the pods of one node as processes of this machine. */
export class Kubelet {
  readonly nodeName: string;
  readonly #client: ApiClient;
  readonly #host: PodHost;
  readonly #runners = new Map<string, { readonly runner: PodRunner; readonly done: Promise<void> }>();
  readonly #pool = new PodAddressPool();
  readonly #stopping = new AbortController();
  readonly #loops: readonly Promise<void>[];

  constructor(nodeName: string, client: ApiClient, host: PodHost, log: Log) {
    this.nodeName = nodeName;
    this.#client = client;
    this.#host = host;
    const listener = {
      present: (pod: Pod) => this.#present(pod),
      gone: (uid: string) => this.#runners.get(uid)?.runner.vanished(),
    };
    const { signal } = this.#stopping;
    this.#loops = [keepLease(client, nodeName, log, signal), followPods(client, nodeName, listener, log, signal)];
  }

  /** The pods that have something running or to be run. */
  pods(): readonly RunningPod[] {
    return [...this.#runners.values()].map(({ runner }) => ({
      namespace: runner.pod.metadata.namespace,
      name: runner.pod.metadata.name,
      uid: runner.pod.metadata.uid,
      address: runner.addresses.podIP,
      containers: runner.containers.map(({ name, pid, logFile }) => ({ name, pid, logFile })),
    }));
  }

  /** Kills what runs and waits until it is gone. The API server is told nothing, as when a machine fails. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { runner } of this.#runners.values()) runner.abandon();
    await Promise.all([...this.#runners.values()].map(({ done }) => done));
    await Promise.all(this.#loops);
    await this.#client.close();
  }

  #present(pod: Pod): void {
    const { uid } = pod.metadata;
    const known = this.#runners.get(uid);
    if (known !== undefined) {
      known.runner.update(pod);
      return;
    }
    // What ended under an earlier kubelet of this node has ended.
    if (pod.metadata.deletionTimestamp === undefined && hasEnded(pod)) return;
    const runner = new PodRunner(pod, { podIP: this.#pool.next(), hostIP }, this.#host);
    const done = runner.run().finally(() => this.#runners.delete(uid));
    this.#runners.set(uid, { runner, done });
    if (pod.metadata.deletionTimestamp !== undefined) runner.update(pod);
  }
}

const hostIP = '127.0.0.1';

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Registers a node and runs what is scheduled on it, until it is stopped. */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { nodeName, connection, directory, images, apiServer = connection.server } = options;
  const { backOff = kubernetesBackOff, refreshIntervalMs = 1000, sandbox = findSandbox() } = options;
  await mkdir(directory, { recursive: true });
  const client = new ApiClient(connection);
  const log = fileLog(join(directory, 'kubelet.log'));
  await registerNode(client, nodeName, hostIP);
  const current = new DirectReader(client);
  const recent = new SharedReader(current, refreshIntervalMs / 2);
  const environment = clusterEnvironment(new URL(apiServer));
  const host = { client, images, sandbox, current, recent, refreshIntervalMs, backOff, environment, directory, log };
  return new Kubelet(nodeName, client, host, log);
}

/** What a container finds set: where the API server is, as client libraries look for it, and what any process needs. */
function clusterEnvironment({ hostname, port }: URL): Readonly<Record<string, string>> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/root',
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    KUBERNETES_SERVICE_PORT_HTTPS: port,
  };
}
