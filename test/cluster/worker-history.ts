import type { TestContext } from 'node:test';
import type { Cluster } from './cluster.ts';

type Pod = {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status?: {
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly ready: boolean }[];
  };
};

const workers = { labelSelector: 'app.kubernetes.io/name=courier-worker' };

/** Every worker that there has been in a namespace since somebody began to watch it. */
export class WorkerHistory {
  /** By their uids, as they were last seen. */
  readonly #pods = new Map<string, Pod>();
  readonly #gone = new Set<string>();

  private constructor() {}

  /** Follows a namespace until the test ends. */
  static async follow({ controlPlane }: Cluster, namespace: string, test: TestContext): Promise<WorkerHistory> {
    const { admin } = controlPlane;
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const history = new WorkerHistory();
    const { items, metadata } = await admin.get<{ items: Pod[]; metadata: { resourceVersion: string } }>(path, workers);
    for (const pod of items) history.#pods.set(pod.metadata.uid, pod);
    const stop = new AbortController();
    const following = (async () => {
      const { resourceVersion } = metadata;
      for await (const { type, object } of admin.watch<Pod>(path, { ...workers, resourceVersion }, stop.signal)) {
        history.#pods.set(object.metadata.uid, object);
        if (type === 'DELETED') history.#gone.add(object.metadata.uid);
      }
    })();
    test.after(async () => {
      stop.abort();
      await following.catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    });
    return history;
  }

  /** How many workers there have been of each version of the image. */
  get byVersion(): Readonly<Record<string, number>> {
    return countVersions(this.#pods.values());
  }

  /** How many there are now, of each version; undefined while one of them is not ready. */
  get readyByVersion(): Readonly<Record<string, number>> | undefined {
    const pods = [...this.#pods.values()].filter(({ metadata }) => !this.#gone.has(metadata.uid));
    const ready = pods.every(({ status }) => status?.containerStatuses?.every((container) => container.ready) ?? false);
    return ready ? countVersions(pods) : undefined;
  }

  /** All of them, with when they came and went, for a person to read. */
  toString(): string {
    const lines = [...this.#pods.values()].map(({ metadata, spec }) => {
      const { name, creationTimestamp, deletionTimestamp = '' } = metadata;
      return `${creationTimestamp}  ${deletionTimestamp}  ${name}  ${spec.containers[0]?.image}`;
    });
    return lines.sort().join('\n');
  }

  /** How often containers of them were started again, in all. */
  get restarts(): number {
    const statuses = [...this.#pods.values()].flatMap(({ status }) => status?.containerStatuses ?? []);
    return statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  }
}

function countVersions(pods: Iterable<Pod>): Readonly<Record<string, number>> {
  const versions = Map.groupBy(pods, ({ spec }) => spec.containers[0]?.image.split(':').at(-1) ?? '');
  return Object.fromEntries([...versions].map(([version, { length }]) => [version, length]));
}
