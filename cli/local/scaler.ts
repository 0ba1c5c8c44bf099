import type { Clock } from '../../api/clock.ts';
import type { QueueCounters } from '../../aws/queue-attributes.ts';
import { decide } from '../../operator/scaling/decide.ts';
import { type Ledger, openLedger, record, type WorkerReport, workersOf } from '../../operator/scaling/ledger.ts';
import type { Decision, Policy, QueueCounts, State } from '../../operator/scaling/types.ts';
import { abortable } from '../abortable.ts';
import type { ProcessFleet } from './process-fleet.ts';
import type { Slot } from './slot.ts';
import type { CourierSnapshot, WorkerSnapshot } from './snapshot.ts';

export type ScalerOptions = {
  readonly courier: string;
  readonly policy: Policy;
  /** No workers, whatever waits. */
  readonly suspended: boolean;
  readonly fleet: Pick<ProcessFleet, 'workers' | 'replicas' | 'unclean' | 'resize' | 'poll'>;
  /** Reads the queue's counters; null when they are not usable. @throws Error with a sentence when it cannot. */
  readonly readQueue: (signal: AbortSignal) => Promise<QueueCounters | null>;
  readonly clock: Clock;
};

const suspended = {
  replicas: 0,
  reason: 'Suspended',
  limitedBy: 'None',
  explanation: '0 replicas: spec.suspend is true.',
} as const;

const draining = {
  ...suspended,
  explanation: 'draining: what is held is finished, and nothing more is received.',
} as const;

/** Keeps the fleet of one Courier as large as its backlog needs: sample, decide, resize. */
export class Scaler {
  readonly #options: ScalerOptions;
  #state: State | null = null;
  #desired = 0;
  #ledger: Ledger;

  constructor(options: ScalerOptions) {
    this.#options = options;
    this.#ledger = openLedger(options.clock.now());
  }

  /** One round; resolves to what was seen and done. When `signal` aborts, it ends at once and nothing is done. */
  async tick(signal: AbortSignal): Promise<CourierSnapshot> {
    const [sample, reports] = await Promise.all([this.#sample(signal), this.#report()]);
    if (signal.aborted) return this.#snapshot(sample, reports, draining);
    const decision = this.#options.suspended ? suspended : this.#decide(sample.queue, reports);
    this.#desired = decision.replicas;
    this.#options.fleet.resize(decision.replicas);
    return this.#snapshot(sample, reports, decision);
  }

  /** A look at what is left, without a decision: for a fleet that drains. It waits for the queue until `signal` aborts. */
  async look(signal: AbortSignal): Promise<CourierSnapshot> {
    const [sample, reports] = await Promise.all([this.#sample(signal), this.#report()]);
    return this.#snapshot(sample, reports, draining);
  }

  async #sample(signal: AbortSignal): Promise<{ queue: QueueCounts | null; problem: string | undefined }> {
    try {
      const queue = await abortable(this.#options.readQueue(signal), signal);
      return { queue, problem: queue === null ? 'the queue does not say how many messages it has' : undefined };
    } catch (error) {
      return { queue: null, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  async #report(): Promise<readonly WorkerReport[]> {
    const reports = await this.#options.fleet.poll();
    this.#ledger = record(this.#ledger, reports, this.#options.clock.now());
    return reports;
  }

  #decide(queue: QueueCounts | null, reports: readonly WorkerReport[]): Decision {
    const { clock, fleet, policy } = this.#options;
    const replicas = { desired: this.#desired, ...fleet.replicas };
    const workers = workersOf(this.#ledger, reports, replicas.ready);
    const observation = { timeSeconds: clock.monotonic() / 1000, replicas, queue, workers };
    const decision = decide(this.#state, observation, policy);
    this.#state = decision.state;
    return decision;
  }

  #snapshot(
    { queue, problem }: { queue: QueueCounts | null; problem: string | undefined },
    reports: readonly WorkerReport[],
    {
      reason,
      limitedBy,
      explanation,
      replicas,
    }: Pick<CourierSnapshot, 'reason' | 'limitedBy' | 'explanation'> & { replicas: number },
  ): CourierSnapshot {
    const { courier, fleet, policy } = this.#options;
    const workers = fleet.workers.map(describeWorker);
    const { delivered, audited, deleted, failed } = this.#ledger.sums;
    const sum = (of: (report: WorkerReport) => number) => reports.reduce((total, report) => total + of(report), 0);
    return {
      courier,
      queue,
      problem,
      replicas: { desired: replicas, ...fleet.replicas },
      bounds: { min: policy.minReplicas, max: policy.maxReplicas },
      ...{ reason, limitedBy, explanation },
      totals: { delivered, audited, deleted, failed, held: workers.reduce((total, worker) => total + worker.held, 0) },
      unclean: fleet.unclean,
      deliveredPerSecond: sum(({ status }) => status.rates.deliveredPerSecond),
      failedPerSecond: sum(({ status }) => status.rates.failedPerSecond),
      workers,
    };
  }
}

function describeWorker(slot: Slot): WorkerSnapshot {
  const { name, state, pid, status } = slot;
  const rates = slot.port === undefined ? undefined : status?.rates;
  const waiting = slot.port === undefined ? '' : (status?.waiting.explanation ?? '');
  return {
    ...{ name, state, pid, waiting, held: slot.held },
    deliveredPerSecond: rates?.deliveredPerSecond ?? 0,
    attemptMilliseconds: rates?.attemptMilliseconds ?? null,
  };
}
