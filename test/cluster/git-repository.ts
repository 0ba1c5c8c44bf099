import type { Rendered } from '../chart/chart.ts';
import type { Cluster } from './cluster.ts';
import { kubectl, ToolError } from './tools.ts';

/** A tool that keeps a cluster as a Git repository says, as far as objects see it. */
export type GitOpsTool = {
  readonly name: string;
  /** How it applies. */
  readonly apply: readonly string[];
  /** How it looks for drift. */
  readonly diff: readonly string[];
  /** What it puts on each object of the repository, and finds those by that it may prune. */
  readonly marks: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
};

/** Argo CD's defaults: a three-way apply, and the tracking of either kind. */
export const argoCd: GitOpsTool = {
  name: 'Argo CD',
  apply: ['apply'],
  diff: ['diff'],
  marks: {
    labels: { 'app.kubernetes.io/instance': 'shop-app' },
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop-app:courier.dev/Courier:shop/orders' },
  },
};

const fluxManager = ['--server-side', '--field-manager=kustomize-controller', '--force-conflicts'];

/** Flux's kustomize-controller: server-side apply, and labels. */
export const flux: GitOpsTool = {
  name: 'Flux',
  apply: ['apply', ...fluxManager],
  diff: ['diff', ...fluxManager],
  marks: {
    labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
  },
};

/** A repository with some manifests, and a tool that keeps a cluster so. */
export class GitRepository {
  readonly #cluster: Cluster;
  readonly #tool: GitOpsTool;
  readonly #manifests: string;

  constructor(cluster: Cluster, tool: GitOpsTool, manifests: readonly object[]) {
    this.#cluster = cluster;
    this.#tool = tool;
    this.#manifests = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
  }

  /** @returns what kubectl says became of each object. */
  async apply(): Promise<readonly string[]> {
    return (await this.#kubectl([...this.#tool.apply, '-f', '-'])).trim().split('\n');
  }

  /** @returns the difference between cluster and repository; empty when there is none. */
  async drift(): Promise<string> {
    try {
      return await this.#kubectl([...this.#tool.diff, '-f', '-']);
    } catch (error) {
      // This is how it says that there is one.
      if (error instanceof ToolError && error.exitCode === 1) return error.stdout + error.stderr;
      throw error;
    }
  }

  /** What the tool would take for its own in a namespace, and so prune when it is not in the repository: `Kind/name`. */
  async marked(namespace: string): Promise<readonly string[]> {
    const kinds =
      'couriers,deployments,replicasets,pods,configmaps,serviceaccounts,poddisruptionbudgets,secrets,events';
    const found = JSON.parse(await this.#kubectl(['-n', namespace, 'get', kinds, '-o', 'json']));
    const { labels = {}, annotations = {} } = this.#tool.marks;
    const items: readonly Rendered[] = found.items;
    return items
      .filter(({ metadata }) => {
        const has = (marks: Readonly<Record<string, string>>, on: Readonly<Record<string, string>> = {}) =>
          Object.entries(marks).some(([key, value]) => on[key] === value);
        return has(labels, metadata.labels) || has(annotations, metadata.annotations);
      })
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  }

  async remove(): Promise<void> {
    await this.#kubectl(['delete', '--ignore-not-found', '--wait', '-f', '-']);
  }

  async #kubectl(args: readonly string[]): Promise<string> {
    return await kubectl(args, { kubeconfig: this.#cluster.controlPlane.kubeconfig(), input: this.#manifests });
  }
}

/** The objects of the chart as both tools apply them: without what only `helm test` makes. */
export function withoutHooks(objects: readonly Rendered[]): readonly Rendered[] {
  return objects.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined);
}
