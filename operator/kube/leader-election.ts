import type { KubeClient } from './client.ts';
import { type Clock, type Random, sleep } from './clock.ts';
import { Deadline } from './deadline.ts';
import { KubeError } from './errors.ts';
import { type Holder, type Lease, leases, releasedLease, takenLease } from './lease.ts';
import { describeError, type Logger, silent } from './log.ts';
import { type ElectionMetrics, noMetrics } from './metrics.ts';
import type { WriteGuard } from './requests.ts';
import { Tenure } from './tenure.ts';

/** How long a lease holds, how long its holder tries to renew it, and how often anyone tries. */
export type ElectionTimes = { readonly leaseMs: number; readonly renewDeadlineMs: number; readonly retryMs: number };

/** The times of Kubernetes' own components. */
export const defaultElectionTimes: ElectionTimes = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };
/** Who does not lead waits up to this share longer between tries, so that contenders spread. As client-go. */
const jitter = 1.2;

export type ElectionOptions = {
  /** Unguarded: the lease decides whether anything else may be written. */
  readonly client: Pick<KubeClient, 'find' | 'create' | 'replace'>;
  readonly namespace: string;
  /** The name of the lease. */
  readonly name: string;
  /** Unique to this process, as the pod's name with a random part: a restarted process is another one. */
  readonly identity: string;
  readonly times?: ElectionTimes;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Logger;
  readonly metrics?: ElectionMetrics;
};

/**
 * Leads at most once: after it has lost the lead the process has to end, since what it holds to be true may not be.
 *
 * Whether another's lease has run out is judged by when this process saw it change, never by the times in it: clocks may
 * differ by any amount. Whether this process may write is judged by when it *sent* its last successful renewal: while
 * {@link mayWrite} says so, no other process can have found the lease to have run out.
 */
export class LeaderElector {
  /** Resolves when this process leads. */
  readonly elected: Promise<void>;
  /** Resolves when this process led and does so no more, unless it was told to end: exit at once, without any grace. */
  readonly lost: Promise<void>;
  readonly #options: ElectionOptions;
  readonly #times: ElectionTimes;
  readonly #holder: Holder;
  readonly #log: Logger;
  readonly #metrics: ElectionMetrics;
  readonly #tenure: Tenure;
  readonly #elect: () => void;
  /** The lease as last seen, and when this process first saw it so. */
  #observed: { readonly lease: Lease; readonly atMs: number } | undefined;
  #state: 'new' | 'running' | 'releasing' = 'new';

  constructor(options: ElectionOptions) {
    const { namespace, name, identity, clock, times = defaultElectionTimes, log = silent } = options;
    const elected = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<void>();
    this.elected = elected.promise;
    this.lost = lost.promise;
    this.#elect = elected.resolve;
    this.#options = options;
    this.#times = times;
    this.#holder = { namespace, name, identity, durationSeconds: times.leaseMs / 1000 };
    this.#log = log;
    this.#metrics = options.metrics ?? noMetrics.election('');
    this.#metrics.master(false);
    this.#tenure = new Tenure(clock, times.renewDeadlineMs, identity);
    this.#tenure.ended.addEventListener('abort', () => {
      this.#metrics.master(false);
      if (this.#state === 'releasing') return;
      log.error({ lease: name, why: describeError(this.#tenure.ended.reason) }, 'lost the lead');
      lost.resolve();
    });
  }

  /** Whether nobody else can lead now. Ask in the same turn of the event loop in which the write leaves. */
  mayWrite(): boolean {
    return this.#tenure.mayWrite();
  }

  /** Fires when the lead ends, whether lost or given back. */
  get ended(): AbortSignal {
    return this.#tenure.ended;
  }

  /** The fence, for {@link KubeClient.guarded}: refuses writes without the lead, and ends those under way with it. */
  get guard(): WriteGuard {
    return this.#tenure.guard;
  }

  /** Who leads, as far as this process has seen. */
  get leader(): string | undefined {
    return this.#observed?.lease.spec?.holderIdentity || undefined;
  }

  /**
   * Contends for the lease and renews it, until `signal` fires or the lead is lost. When `signal` fires, the lease is
   * given back: let it fire last of all, when nothing writes any more.
   *
   * @throws Error when it has been started before.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#state !== 'new') throw new Error(`the election for ${this.#options.name} has been started before`);
    this.#state = 'running';
    await this.#acquire(signal);
    if (!signal.aborted) {
      this.#metrics.master(true);
      this.#log.info({ lease: this.#options.name, identity: this.#options.identity }, 'became the leader');
      this.#elect();
      await this.#renew(signal);
    }
    if (this.mayWrite()) await this.#release();
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    while (!signal.aborted && !(await this.#try(signal))) {
      await sleep(clock, this.#times.retryMs * (1 + jitter * random()), signal);
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted && !this.ended.aborted) {
      await sleep(clock, this.#times.retryMs, signal);
      // Not cut short by the end: a renewal whose outcome is unknown would keep the lease from being given back.
      if (!signal.aborted && this.mayWrite()) await this.#try();
      else if (!signal.aborted) this.#tenure.end('the process was halted for longer than the lease allows');
    }
  }

  /** Tries once to take or to renew the lease; whether this process holds it now. */
  async #try(signal?: AbortSignal): Promise<boolean> {
    using deadline = new Deadline(this.#options.clock, this.#times.renewDeadlineMs / 2, signal, this.ended);
    try {
      return await this.#tryOnce(deadline.signal);
    } catch (error) {
      if (signal?.aborted || this.ended.aborted) return false;
      const beaten = error instanceof KubeError && (error.isConflict || error.isAlreadyExists);
      this.#log[beaten ? 'debug' : 'warn']({ error: describeError(error) }, 'the lease could not be written');
      return false;
    }
  }

  async #tryOnce(signal: AbortSignal): Promise<boolean> {
    if (this.#observed !== undefined && this.mayWrite()) {
      if (await this.#renewKnown(this.#observed.lease, signal)) return true;
      this.#metrics.slowPath();
    }
    const { client, namespace, name } = this.#options;
    const lease = await client.find(leases, { namespace, name }, signal);
    if (lease !== undefined && !this.#mayTake(lease)) return false;
    await this.#write(lease, signal);
    return true;
  }

  /** Renews in one request, which fails if anyone has written since. */
  async #renewKnown(lease: Lease, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#write(lease, signal);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      this.#log.debug({ error: describeError(error) }, 'the lease was not renewed at the first try');
      return false;
    }
  }

  /** Creates or replaces the lease; only the very version that was read can be replaced. */
  async #write(former: Lease | undefined, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    const sentMs = clock.monotonic();
    const taken = takenLease(former, this.#holder, clock.now());
    const write =
      former === undefined ? client.create(leases, taken, {}, signal) : client.replace(leases, taken, {}, signal);
    this.#observe(await write);
    this.#tenure.extend(sentMs);
  }

  /** Whether the lease is free, or this process's own; a leader that finds another in its place ends. */
  #mayTake(lease: Lease): boolean {
    this.#observe(lease);
    const { holderIdentity, leaseDurationSeconds = this.#holder.durationSeconds } = lease.spec ?? {};
    if (holderIdentity === this.#options.identity) return true;
    if (this.#tenure.hasBegun) {
      this.#tenure.end(`${holderIdentity || 'nobody'} holds the lease`);
      return false;
    }
    const atMs = this.#observed?.atMs ?? Number.POSITIVE_INFINITY;
    return !holderIdentity || this.#options.clock.monotonic() >= atMs + leaseDurationSeconds * 1000;
  }

  #observe(lease: Lease): void {
    if (this.#observed?.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return;
    const former = this.leader;
    this.#observed = { lease, atMs: this.#options.clock.monotonic() };
    if (this.leader !== former)
      this.#log.info({ leader: this.leader ?? null, former: former ?? null }, 'the leader changed');
  }

  /** Ends the lead by its own will; anybody may take the lease at once. */
  async #release(): Promise<void> {
    const { client, clock } = this.#options;
    this.#state = 'releasing';
    this.#tenure.end('the lead was given back');
    if (this.#observed === undefined) return;
    using deadline = new Deadline(clock, this.#times.renewDeadlineMs / 2);
    try {
      await client.replace(leases, releasedLease(this.#observed.lease, clock.now()), {}, deadline.signal);
    } catch (error) {
      this.#log.warn({ error: describeError(error) }, 'the lease was not given back; it runs out by itself');
    }
  }
}
