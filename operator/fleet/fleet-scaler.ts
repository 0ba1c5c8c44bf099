import type { CourierSpec } from '../../api/v1alpha1.gen.ts';
import {
  type DrainCandidate,
  type DrainPlan,
  type Drains,
  deletionCosts,
  planDrains,
} from '../draining/plan-drains.ts';
import { decide } from '../scaling/decide.ts';
import { held, type WorkerReport, workersOf } from '../scaling/ledger.ts';
import { scalingPolicy } from '../scaling/policy.ts';
import type { Decision, QueueCounts, State } from '../scaling/types.ts';
import { FleetExchange, type FleetExchangeOptions } from './fleet-exchange.ts';
import { countReplicas, type FleetWorker } from './fleet-worker.ts';
import { StartupTimes } from './startup-times.ts';

/** What is known at the moment of a decision, besides what the workers say. */
export type FleetView = {
  readonly spec: Pick<CourierSpec, 'queue' | 'recipient' | 'scaling'>;
  readonly workers: readonly FleetWorker[];
  /** Null when the queue could not be read. */
  readonly queue: QueueCounts | null;
  /** How many workers are asked for now. */
  readonly live: number;
  /** Messages per second and busy worker, as measured before a restart; null where that is not known. */
  readonly lastReplicaRate: number | null;
};

/** How many workers there should be, and who leaves for that. */
export type FleetDecision = {
  readonly decision: Decision;
  readonly plan: DrainPlan;
  /** What removing each worker costs, for who removes some. */
  readonly costs: ReadonlyMap<string, number>;
};

/** Decides about the workers of one Courier, wherever they run: listen, decide, let some finish. It starts and removes none. */
export class FleetScaler {
  readonly exchange: FleetExchange;
  readonly #options: FleetExchangeOptions;
  readonly #startups = new StartupTimes();
  #state: State | null = null;
  #desired: number | undefined;
  #drains: Drains = new Map();

  constructor(options: FleetExchangeOptions) {
    this.#options = options;
    this.exchange = new FleetExchange(options);
  }

  /** Who is to receive nothing more, and leaves when it has finished. */
  get drains(): Drains {
    return this.#drains;
  }

  /** A round with all workers. @returns what they say of themselves. */
  async listen(
    { spec, workers }: Pick<FleetView, 'spec' | 'workers'>,
    signal: AbortSignal,
  ): Promise<readonly WorkerReport[]> {
    await this.exchange.round(workers, { spec, drains: this.#drains }, signal);
    this.#startups.note(workers);
    return this.exchange.reports(workers, this.#drains);
  }

  /** Forgets what was decided, and that anybody is to leave: somebody else has taken over for a time. */
  rest(): void {
    this.#desired = undefined;
    this.#drains = new Map();
  }

  /** Decides by what was heard last, and tells those whose order has changed. */
  async decide(view: FleetView, signal: AbortSignal): Promise<FleetDecision> {
    const decision = this.#decision(view);
    const before = this.#drains;
    const candidates = this.#candidates(view.workers);
    const plan = planDrains(before, candidates, {
      ...{ target: decision.replicas, live: view.live, nowMs: this.#options.clock.monotonic() },
      timeoutMs: view.spec.scaling.drainTimeoutSeconds * 1000,
    });
    this.#drains = plan.drains;
    const changed = view.workers.filter(({ id }) => before.has(id) !== plan.drains.has(id));
    await this.exchange.tell(changed, { spec: view.spec, drains: plan.drains }, signal);
    return { decision, plan, costs: deletionCosts(candidates, plan) };
  }

  #decision({ spec, workers, queue, live, lastReplicaRate }: FleetView): Decision {
    const counted = countReplicas(workers, this.#drains);
    const reports = this.exchange.reports(workers, this.#drains);
    const decision = decide(
      this.#state,
      {
        timeSeconds: this.#options.clock.monotonic() / 1000,
        replicas: { desired: this.#desired ?? live, ...counted },
        queue,
        workers: workersOf(this.exchange.ledger, reports, counted.ready),
        startupSeconds: this.#startups.meanSeconds,
        lastReplicaRate,
      },
      scalingPolicy(
        spec,
        reports.filter(({ leaving }) => !leaving).map(({ status }) => status),
      ),
    );
    this.#state = decision.state;
    this.#desired = decision.replicas;
    return decision;
  }

  #candidates(workers: readonly FleetWorker[]): readonly DrainCandidate[] {
    const staying = workers.filter(({ leaving, over }) => !leaving && !over);
    const reports = new Map(this.exchange.reports(staying, this.#drains).map(({ id, status }) => [id, status]));
    return staying.map(({ id, ready, createdTimeMs }) => {
      const status = reports.get(id);
      const drained = this.exchange.hasFinished(id);
      return { id, ready, createdTimeMs, drained, held: status && held(status) };
    });
  }
}
