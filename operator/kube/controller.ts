import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from './clock.ts';
import { Deadline } from './deadline.ts';
import { KubeError } from './errors.ts';
import { describeError, type Logger, silent, withFields } from './log.ts';
import { type ControllerMetrics, noMetrics } from './metrics.ts';
import { isDefect, type Reconcile, type ReconcileResult, TerminalError } from './reconcile.ts';
import type { QueuedKey, WorkQueue } from './workqueue.ts';

/** Slots; more only help where reconciles wait for the network. */
const defaultConcurrency = 4;
const defaultTimeoutMs = 60_000;
/** What a manager of controller-runtime gives its controllers to end in, less the time to release the lease. */
const defaultGraceMs = 25_000;

export type ControllerOptions = {
  /** The `controller` of log lines and metrics. */
  readonly name: string;
  readonly queue: WorkQueue;
  readonly reconcile: Reconcile;
  /** Keys that are reconciled at the same time; default 4. */
  readonly concurrency?: number;
  /** When the signal of a reconcile fires; default 60 s. */
  readonly timeoutMs?: number;
  /** How long reconciles under way may go on after {@link Controller.run} was told to end; default 25 s. */
  readonly graceMs?: number;
  readonly clock: Clock;
  readonly log?: Logger;
  readonly metrics?: ControllerMetrics;
};

/**
 * Takes keys from a queue and reconciles them, with controller-runtime's treatment of results. A failure is a warning in the log
 * when it is new, and not at each attempt that ends in the same.
 */
export class Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #log: Logger;
  readonly #metrics: ControllerMetrics;
  readonly #timeoutMs: number;
  /** When each reconcile under way began. */
  readonly #active = new Map<string, number>();
  /** What each key that fails has failed with. */
  readonly #complaints = new Map<string, string>();

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = withFields(options.log ?? silent, { controller: options.name });
    this.#metrics = options.metrics ?? noMetrics.controller('');
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#metrics.maxConcurrentReconciles(options.concurrency ?? defaultConcurrency);
  }

  /** The keys whose reconcile has passed its deadline and goes on all the same: a hung one holds its slot for ever. */
  overdue(): readonly string[] {
    const latest = this.#options.clock.monotonic() - this.#timeoutMs;
    return [...this.#active].filter(([, startMs]) => startMs < latest).map(([key]) => key);
  }

  /**
   * Runs until `signal` fires; then takes no more keys and resolves when the reconciles under way have ended. Those that
   * outlast the grace period see their own signal fire.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { queue, clock, concurrency = defaultConcurrency, graceMs = defaultGraceMs } = this.#options;
    const stop = new AbortController();
    let grace: Timer | undefined;
    const end = () => {
      queue.shutDown();
      grace = clock.setTimeout(() => stop.abort(new Error(`the controller ended ${graceMs} ms ago`)), graceMs);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    await Promise.all(Array.from({ length: concurrency }, () => this.#work(stop.signal)));
    signal.removeEventListener('abort', end);
    grace?.cancel();
  }

  async #work(stop: AbortSignal): Promise<void> {
    const { queue } = this.#options;
    for (let next = await queue.get(); next !== undefined; next = await queue.get()) {
      await this.#process(next, stop);
      queue.done(next.key);
    }
  }

  async #process({ key, priority }: QueuedKey, stop: AbortSignal): Promise<void> {
    const { clock, reconcile } = this.#options;
    const reconcileId = randomUUID();
    const log = withFields(this.#log, { key, reconcileId });
    const startMs = clock.monotonic();
    this.#active.set(key, startMs);
    this.#metrics.activeWorkers(this.#active.size);
    using deadline = new Deadline(clock, this.#timeoutMs, stop);
    const seconds = () => (clock.monotonic() - startMs) / 1000;
    try {
      const result = await reconcile(key, { reconcileId, log, priority }, deadline.signal);
      this.#succeeded({ key, priority }, result, seconds());
    } catch (error) {
      this.#failed({ key, priority }, error, seconds(), log);
    } finally {
      if (deadline.expired) this.#metrics.timeout();
      this.#active.delete(key);
      this.#metrics.activeWorkers(this.#active.size);
    }
  }

  #succeeded({ key, priority }: QueuedKey, { requeueAfterMs = 0, requeue }: ReconcileResult, seconds: number): void {
    const { queue } = this.#options;
    this.#complaints.delete(key);
    if (requeueAfterMs > 0) {
      queue.forget(key);
      queue.addAfter(key, requeueAfterMs, { priority });
      this.#metrics.reconciled('requeue_after', seconds);
    } else if (requeue === true) {
      queue.addRateLimited(key, { priority });
      this.#metrics.reconciled('requeue', seconds);
    } else {
      queue.forget(key);
      this.#metrics.reconciled('success', seconds);
    }
  }

  #failed({ key, priority }: QueuedKey, error: unknown, seconds: number, log: Logger): void {
    const { queue } = this.#options;
    this.#metrics.reconciled('error', seconds);
    if (error instanceof TerminalError) {
      this.#metrics.terminalError();
      queue.forget(key);
      log.error({ error: describeError(error) }, 'a reconcile failed for good; waiting for a change');
      return;
    }
    const minimumMs = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
    queue.addRateLimited(key, { priority, minimumMs });
    const failures = queue.failures(key);
    if (isDefect(error)) {
      this.#metrics.panic();
      log.error({ err: error, failures }, 'a reconcile failed by a defect');
    } else {
      const complaint = describeError(error);
      const level = this.#complaints.get(key) === complaint ? 'debug' : 'warn';
      this.#complaints.set(key, complaint);
      log[level]({ error: complaint, failures }, 'a reconcile failed; trying again');
    }
  }
}
