/** How long a container that ended waits before it starts again. */
export type BackOffPolicy = {
  /** After the second end; the first restart is at once. */
  readonly initialMs: number;
  readonly maxMs: number;
  /** A container that ran for so long starts over with no delay. */
  readonly resetAfterMs: number;
};

/** The kubelet's own: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy */
export const kubernetesBackOff: BackOffPolicy = { initialMs: 10_000, maxMs: 300_000, resetAfterMs: 600_000 };

/** The restart delays of one container: none, then doubling. */
export class BackOff {
  readonly #policy: BackOffPolicy;
  #restarts = 0;

  constructor(policy: BackOffPolicy) {
    this.#policy = policy;
  }

  /** The delay before the next start, in milliseconds. @param ranMs how long the container ran. */
  next(ranMs: number): number {
    const { initialMs, maxMs, resetAfterMs } = this.#policy;
    if (ranMs >= resetAfterMs) this.#restarts = 0;
    const restarts = this.#restarts++;
    return restarts === 0 ? 0 : Math.min(maxMs, initialMs * 2 ** (restarts - 1));
  }
}
