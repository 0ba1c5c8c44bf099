import type { Clock } from '../../api/clock.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import type { QueueAttributes } from '../../aws/queue-attributes.ts';
import { toAwsError } from '../../aws/sdk-errors.ts';
import type { LiveCourier } from '../courier/objects.ts';
import type { QueueLook } from '../courier/status-input.ts';
import type { FleetExchangeOptions } from '../fleet/fleet-exchange.ts';
import { FleetScaler } from '../fleet/fleet-scaler.ts';
import { countReplicas } from '../fleet/fleet-worker.ts';
import type { WorkerReport } from '../scaling/ledger.ts';
import type { Decision } from '../scaling/types.ts';
import { CredentialsSecretError } from './secret-credentials.ts';
import type { WorkerPod } from './worker-pods.ts';

/** What is known of a Courier besides what its objects say. */
export type Sample = {
  /** Of the Courier that it was taken for; undefined before the first. */
  readonly generation: number | undefined;
  readonly look: QueueLook;
  readonly decision: Decision | undefined;
  /** Workers beyond the decision that finish what they hold before they are removed. */
  readonly draining: number;
  /** Workers that are ready, without those that leave or are to leave. */
  readonly ready: number;
  readonly reports: readonly WorkerReport[];
};

export type CourierScalerOptions = {
  readonly look: (courier: LiveCourier, signal: AbortSignal) => Promise<QueueAttributes>;
  readonly exchange: FleetExchangeOptions['exchange'];
  /** Notes on pods what removing each costs, before some are. */
  readonly writeCosts: (
    pods: readonly WorkerPod[],
    costs: ReadonlyMap<string, number>,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly intervalMs: number;
  readonly clock: Clock;
};

const nothing = { look: { kind: 'None' }, decision: undefined, draining: 0, ready: 0 } as const;

/** Thrown when SQS answers without counters that can be used. */
class UnusableCounters extends Error {}

function describeLook(error: unknown): Extract<QueueLook, { kind: 'Failed' }>['failure'] {
  if (error instanceof CredentialsSecretError) {
    const sentence = error.message.replace(/\.$/, '');
    return { kind: error.passing ? 'Transient' : 'Misconfigured', sentence, code: 'Credentials' };
  }
  if (error instanceof UnusableCounters) return { kind: 'Transient', sentence: error.message };
  return { ...describeAwsFailure(error), code: toAwsError(error).code };
}

/** Samples one Courier and decides how many workers it should have. It applies nothing: the reconciler does. */
export class CourierScaler {
  readonly #options: CourierScalerOptions;
  readonly #scaler: FleetScaler;
  readonly #decisions = new Map<string, number>();
  #sample: Sample = { ...nothing, generation: undefined, reports: [] };

  constructor(options: CourierScalerOptions) {
    this.#options = options;
    this.#scaler = new FleetScaler({ ...options, adopts: true });
  }

  get sample(): Sample {
    return this.#sample;
  }

  /** How many decisions there were so far, by reason. */
  get decisions(): ReadonlyMap<string, number> {
    return this.#decisions;
  }

  /**
   * Looks at the queue, talks to the workers, and decides.
   *
   * @param live replicas that the Deployment asks for now; undefined when there is none.
   */
  async tick(
    courier: LiveCourier,
    pods: readonly WorkerPod[],
    live: number | undefined,
    signal: AbortSignal,
  ): Promise<Sample> {
    const { spec, metadata } = courier;
    const { generation } = metadata;
    const listened = this.#scaler.listen({ spec, workers: pods }, signal);
    if (spec.suspend) {
      // What the workers finish is still counted, but the queue is left alone.
      const reports = await listened;
      this.#sample = { ...nothing, generation, reports };
      this.#scaler.rest();
      return this.#sample;
    }
    const [look, reports] = await Promise.all([this.#look(courier, signal), listened]);
    if (!signal.aborted) {
      this.#sample = { generation, look, reports, ...(await this.#decide(courier, pods, live, look, signal)) };
    }
    return this.#sample;
  }

  async #decide(
    { spec, status }: LiveCourier,
    workers: readonly WorkerPod[],
    live: number | undefined,
    look: QueueLook,
    signal: AbortSignal,
  ): Promise<Pick<Sample, 'decision' | 'draining' | 'ready'>> {
    const { decision, plan, costs } = await this.#scaler.decide(
      {
        ...{ spec, workers, live: live ?? spec.scaling.minReplicas },
        queue: look.kind === 'Seen' ? look.counters : null,
        lastReplicaRate: Number(status?.scaling?.replicaRate) || null,
      },
      signal,
    );
    this.#decisions.set(decision.reason, (this.#decisions.get(decision.reason) ?? 0) + 1);
    if (plan.replicas < (live ?? 0)) await this.#options.writeCosts(workers, costs, signal);
    const { ready } = countReplicas(workers, this.#scaler.drains);
    return { decision, ready, draining: plan.replicas - decision.replicas };
  }

  async #look(courier: LiveCourier, signal: AbortSignal): Promise<QueueLook> {
    const timeMs = this.#options.clock.now();
    try {
      const { counters, redrivePolicy } = await this.#options.look(courier, signal);
      if (counters === null)
        throw new UnusableCounters(`the queue ${courier.spec.queue.url} does not say how many messages it has`);
      return { kind: 'Seen', counters, maxReceiveCount: redrivePolicy?.maxReceiveCount ?? null, timeMs };
    } catch (error) {
      const last = this.#sample.look;
      return { kind: 'Failed', failure: describeLook(error), failures: last.kind === 'Failed' ? last.failures + 1 : 1 };
    }
  }
}
