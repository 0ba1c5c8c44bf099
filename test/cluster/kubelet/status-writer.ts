import { sleep, systemClock } from '../../../api/clock.ts';
import { type ApiClient, ApiError } from '../api-client.ts';
import type { Log } from './log.ts';
import type { Pod, PodStatus } from './objects.ts';

const retryMs = 200;

/** Writes one pod's status whenever it has changed: one write at a time, the latest wins. */
export class StatusWriter {
  readonly #client: ApiClient;
  readonly #pod: Pod;
  readonly #read: () => PodStatus;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  #written = '';
  #wanted = false;
  #writing: Promise<void> = Promise.resolve();

  /** @param read the status as it is when it is called. */
  constructor(client: ApiClient, pod: Pod, read: () => PodStatus, log: Log, signal: AbortSignal) {
    this.#client = client;
    this.#pod = pod;
    this.#read = read;
    this.#log = log;
    this.#signal = signal;
  }

  /** Says that the status may have changed. */
  changed(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#writing = this.#writing.then(() => this.#write());
  }

  /** Waits until what has changed is written. */
  flush(): Promise<void> {
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (!this.#signal.aborted) {
      this.#wanted = false;
      const status = this.#read();
      const text = JSON.stringify(status);
      if (text === this.#written) return;
      if (await this.#patch(status)) {
        this.#written = text;
        return;
      }
      await sleep(systemClock, retryMs, this.#signal);
    }
  }

  /** @returns whether that is settled: written, or the pod is no more. */
  async #patch(status: PodStatus): Promise<boolean> {
    const { namespace, name, uid } = this.#pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    try {
      // The uid is a precondition: another pod of the same name is none of ours.
      await this.#client.patch(path, 'strategic-merge', { metadata: { uid }, status }, undefined, this.#signal);
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return true;
      if (!this.#signal.aborted) this.#log(`pod ${namespace}/${name}, status: ${error}`);
      return false;
    }
  }
}
