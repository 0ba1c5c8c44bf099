import type { Clock } from '../../api/clock.ts';
import type { CourierSpec } from '../../api/v1alpha1.gen.ts';
import type { QueueCounters } from '../../aws/queue-attributes.ts';
import type { FleetExchangeOptions } from '../../operator/fleet/fleet-exchange.ts';
import { FleetScaler } from '../../operator/fleet/fleet-scaler.ts';
import { countReplicas } from '../../operator/fleet/fleet-worker.ts';
import type { WorkerReport } from '../../operator/scaling/ledger.ts';
import type { Decision, QueueCounts } from '../../operator/scaling/types.ts';
import { abortable } from '../abortable.ts';
import type { ProcessFleet } from './process-fleet.ts';
import type { Slot } from './slot.ts';
import type { CourierSnapshot, WorkerSnapshot } from './snapshot.ts';

export type ScalerOptions = {
  readonly courier: string;
  readonly spec: CourierSpec;
  readonly fleet: Pick<ProcessFleet, 'workers' | 'members' | 'size' | 'unclean' | 'resize' | 'note'>;
  readonly exchange: FleetExchangeOptions['exchange'];
  readonly intervalMs: number;
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

/** What workers say last is counted: nothing cuts a round with them short. */
const never = new AbortController().signal;

/** Keeps the fleet of one Courier as large as its backlog needs: sample, decide, resize. */
export class Scaler {
  readonly #options: ScalerOptions;
  readonly #scaler: FleetScaler;

  constructor(options: ScalerOptions) {
    this.#options = options;
    this.#scaler = new FleetScaler({ ...options, adopts: false });
  }

  /** One round; resolves to what was seen and done. When `signal` aborts, it ends at once and nothing is done. */
  async tick(signal: AbortSignal): Promise<CourierSnapshot> {
    const { fleet, spec } = this.#options;
    const [sample, reports] = await Promise.all([this.#sample(signal), this.#listen()]);
    if (signal.aborted) return this.#snapshot(sample, reports, draining);
    if (spec.suspend) {
      fleet.resize(0);
      return this.#snapshot(sample, reports, suspended);
    }
    const decision = await this.#decide(sample.queue, signal);
    return this.#snapshot(sample, reports, decision);
  }

  /** A look at what is left, without a decision: for a fleet that drains. It waits for the queue until `signal` aborts. */
  async look(signal: AbortSignal): Promise<CourierSnapshot> {
    const [sample, reports] = await Promise.all([this.#sample(signal), this.#listen()]);
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

  async #listen(): Promise<readonly WorkerReport[]> {
    const { fleet, spec } = this.#options;
    const reports = await this.#scaler.listen({ spec, workers: fleet.members }, never);
    fleet.note(reports);
    return reports;
  }

  async #decide(queue: QueueCounts | null, signal: AbortSignal): Promise<Decision> {
    const { fleet, spec } = this.#options;
    const view = { spec, queue, workers: fleet.members, live: fleet.size, lastReplicaRate: null };
    const { decision, plan, costs } = await this.#scaler.decide(view, signal);
    if (!signal.aborted) fleet.resize(plan.replicas, costs);
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
    const { courier, fleet, spec } = this.#options;
    const { drains, exchange } = this.#scaler;
    const workers = fleet.workers.map((slot) => describeWorker(slot, drains.has(slot.id)));
    const { delivered, audited, deleted, failed } = exchange.ledger.sums;
    const sum = (of: (report: WorkerReport) => number) => reports.reduce((total, report) => total + of(report), 0);
    return {
      courier,
      queue,
      problem,
      replicas: { desired: replicas, ...countReplicas(fleet.members, drains) },
      bounds: { min: spec.scaling.minReplicas, max: spec.scaling.maxReplicas },
      ...{ reason, limitedBy, explanation },
      totals: { delivered, audited, deleted, failed, held: workers.reduce((total, worker) => total + worker.held, 0) },
      unclean: fleet.unclean,
      deliveredPerSecond: sum(({ status }) => status.rates.deliveredPerSecond),
      failedPerSecond: sum(({ status }) => status.rates.failedPerSecond),
      workers,
    };
  }
}

function describeWorker(slot: Slot, drains: boolean): WorkerSnapshot {
  const { name, pid, status } = slot;
  const state = drains && slot.state === 'Running' ? 'Draining' : slot.state;
  const rates = slot.port === undefined ? undefined : status?.rates;
  const waiting = slot.port === undefined ? '' : (status?.waiting.explanation ?? '');
  return {
    ...{ name, state, pid, waiting, held: slot.held },
    deliveredPerSecond: rates?.deliveredPerSecond ?? 0,
    attemptMilliseconds: rates?.attemptMilliseconds ?? null,
  };
}
