import { join } from 'node:path';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
import type { BackOffPolicy } from './kubelet/back-off.ts';
import type { Image } from './kubelet/images.ts';
import { type Kubelet, type RunningPod, startKubelet } from './kubelet/kubelet.ts';

/** What a cluster is made of. */
export type ClusterOptions = ControlPlaneOptions & {
  /** What the nodes can run, by image reference. */
  readonly images?: ReadonlyMap<string, Image>;
  /** Delays between restarts of a container; Kubernetes' own by default. */
  readonly backOff?: BackOffPolicy;
};

/** A control plane and nodes that run pods as processes of this machine. */
export class Cluster {
  readonly controlPlane: ControlPlane;
  /** By node name. */
  readonly kubelets: ReadonlyMap<string, Kubelet>;
  /** What the nodes can run, by image reference: a test adds its own. */
  readonly images: Map<string, Image>;

  constructor(controlPlane: ControlPlane, kubelets: ReadonlyMap<string, Kubelet>, images: Map<string, Image>) {
    this.controlPlane = controlPlane;
    this.kubelets = kubelets;
    this.images = images;
  }

  /** The pods of a namespace that run on any node. */
  pods(namespace: string): readonly RunningPod[] {
    const all = [...this.kubelets.values()].flatMap((kubelet) => kubelet.pods());
    return all.filter((pod) => pod.namespace === namespace);
  }

  /** Ends pods, nodes and control plane, and leaves nothing behind. */
  async stop(): Promise<void> {
    await Promise.all([...this.kubelets.values()].map((kubelet) => kubelet.stop()));
    await this.controlPlane.stop();
  }
}

/** Starts a cluster of the nodes that `options` names, `node-1` by default. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { nodes = ['node-1'], backOff } = options;
  const images = new Map(options.images);
  const controlPlane = await startControlPlane({ ...options, nodes });
  const kubelets = new Map<string, Kubelet>();
  const cluster = new Cluster(controlPlane, kubelets, images);
  try {
    for (const nodeName of nodes) {
      const connection = controlPlane.connection(`system:node:${nodeName}`);
      const directory = join(controlPlane.directory, nodeName);
      const kubelet = { nodeName, connection, directory, images, ...(backOff === undefined ? {} : { backOff }) };
      kubelets.set(nodeName, await startKubelet(kubelet));
    }
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
