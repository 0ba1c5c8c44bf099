import type { Clock } from '../../api/clock.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import type { QueueAttributes } from '../../aws/queue-attributes.ts';
import { toAwsError } from '../../aws/sdk-errors.ts';
import type { LiveCourier } from '../courier/objects.ts';
import type { QueueLook } from '../courier/status-input.ts';
import { decide } from '../scaling/decide.ts';
import { type Ledger, openLedger, record, type WorkerReport, workersOf } from '../scaling/ledger.ts';
import { scalingPolicy } from '../scaling/policy.ts';
import type { Decision, State } from '../scaling/types.ts';
import { CredentialsSecretError } from './secret-credentials.ts';
import { countReplicas, type WorkerPod } from './worker-pods.ts';

/** What is known of a Courier besides what its objects say. */
export type Sample = {
  readonly look: QueueLook;
  readonly decision: Decision | undefined;
  /** When the number of replicas was last decided anew, epoch milliseconds. */
  readonly lastScaleTimeMs: number | undefined;
  readonly reports: readonly WorkerReport[];
};

export type CourierScalerOptions = {
  readonly look: (courier: LiveCourier, signal: AbortSignal) => Promise<QueueAttributes>;
  readonly exchange: (courier: LiveCourier, pod: WorkerPod, signal: AbortSignal) => Promise<WorkerStatus>;
  readonly clock: Clock;
};

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
  #state: State | null = null;
  #ledger: Ledger;
  #sample: Sample = { look: { kind: 'None' }, decision: undefined, lastScaleTimeMs: undefined, reports: [] };

  constructor(options: CourierScalerOptions) {
    this.#options = options;
    this.#ledger = openLedger(options.clock.now());
  }

  get sample(): Sample {
    return this.#sample;
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
    if (courier.spec.suspend) {
      // What the workers finish is still counted, but the queue is left alone.
      const reports = await this.#report(courier, pods, signal);
      this.#sample = { ...this.#sample, look: { kind: 'None' }, decision: undefined, reports };
      return this.#sample;
    }
    const [look, reports] = await Promise.all([this.#look(courier, signal), this.#report(courier, pods, signal)]);
    if (!signal.aborted) this.#decide(courier, pods, live, look, reports);
    return this.#sample;
  }

  #decide(
    { spec }: LiveCourier,
    pods: readonly WorkerPod[],
    live: number | undefined,
    look: QueueLook,
    reports: readonly WorkerReport[],
  ): void {
    const { clock } = this.#options;
    const counted = countReplicas(pods);
    const before = this.#sample.decision?.replicas ?? live ?? spec.scaling.minReplicas;
    const decision = decide(
      this.#state,
      {
        timeSeconds: clock.monotonic() / 1000,
        replicas: { desired: before, ...counted },
        queue: look.kind === 'Seen' ? look.counters : null,
        workers: workersOf(this.#ledger, reports, counted.ready),
      },
      scalingPolicy(spec),
    );
    this.#state = decision.state;
    const lastScaleTimeMs = decision.replicas === before ? this.#sample.lastScaleTimeMs : clock.now();
    this.#sample = { look, decision, lastScaleTimeMs, reports };
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

  /** Workers that do not answer are left out: how many did is what `workersOf` goes by. */
  async #report(
    courier: LiveCourier,
    pods: readonly WorkerPod[],
    signal: AbortSignal,
  ): Promise<readonly WorkerReport[]> {
    const reports = await Promise.all(
      pods.map(async (pod) => {
        try {
          return { status: await this.#options.exchange(courier, pod, signal), leaving: pod.leaving };
        } catch {
          return undefined;
        }
      }),
    );
    const answered = reports.filter((report) => report !== undefined);
    this.#ledger = record(this.#ledger, answered, this.#options.clock.now());
    return answered;
  }
}
