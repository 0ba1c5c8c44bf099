import { sleep, systemClock } from '../../../api/clock.ts';
import type { ApiClient, List } from '../api-client.ts';
import type { Log } from './log.ts';
import type { Pod } from './objects.ts';

/** Who is told of a node's pods. */
export type PodListener = {
  /** A pod that is bound to the node is there, new or changed. */
  readonly present: (pod: Pod) => void;
  /** The pod with this uid is no more. */
  readonly gone: (uid: string) => void;
};

const retryMs = 200;

/** Tells `listener` of the node's pods until `signal` aborts: lists them, then watches, and begins again when that ends. */
export async function followPods(
  client: ApiClient,
  nodeName: string,
  listener: PodListener,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const path = '/api/v1/pods';
  const fieldSelector = `spec.nodeName=${nodeName}`;
  const known = new Set<string>();
  for (; !signal.aborted; await sleep(systemClock, retryMs, signal)) {
    try {
      const { metadata, items } = await client.get<List<Pod>>(path, { fieldSelector }, signal);
      const present = new Set(items.map((pod) => pod.metadata.uid));
      for (const uid of known.difference(present)) forget(uid);
      for (const pod of items) see(pod);
      const { resourceVersion } = metadata;
      for await (const { type, object } of client.watch<Pod>(path, { fieldSelector, resourceVersion }, signal)) {
        if (type === 'DELETED') forget(object.metadata.uid);
        else see(object);
      }
    } catch (error) {
      if (!signal.aborted) log(`pods of node ${nodeName}: ${error}`);
    }
  }

  function see(pod: Pod): void {
    known.add(pod.metadata.uid);
    listener.present(pod);
  }

  function forget(uid: string): void {
    known.delete(uid);
    listener.gone(uid);
  }
}
