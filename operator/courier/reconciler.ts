import type { Clock } from '../../api/clock.ts';
import type { CourierStatus } from '../../api/v1alpha1.gen.ts';
import type { KubeClient } from '../kube/client.ts';
import type { ConsistencyGate } from '../kube/consistency.ts';
import { KubeError } from '../kube/errors.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { ReconcileContext, ReconcileResult } from '../kube/reconcile.ts';
import type { ServedResource } from '../kube/served.ts';
import type { StoreReader } from '../kube/store.ts';
import { lowPriority } from '../kube/workqueue.ts';
import type { Sample } from '../sampling/courier-scaler.ts';
import { type ApplyError, applyError, conflictError, NameConflict } from './apply-error.ts';
import { type ChildApplier, fieldManager } from './child-applier.ts';
import { findCondition } from './conditions.ts';
import { childName } from './names.ts';
import type { Child, Deployment, LiveCourier, Pod } from './objects.ts';
import { type Plan, type PlanContext, planChildren } from './plan.ts';
import { observePod } from './pods.ts';
import { couriers, deployments } from './resources.ts';
import { isComplete } from './rollout.ts';
import { computeStatus } from './status.ts';
import type { QueueLook } from './status-input.ts';
import { statusWriteDelayMs } from './status-write.ts';

/** While a store does not show yet what was written for a Courier, it is looked at again this much later. */
const staleRetryMs = 50;
/**
 * How long the first status of a Courier waits for the first look at its queue. What could be said before that look would
 * have to be written, and told in an event, a second time a moment later.
 */
const firstLookMs = 5_000;

/** What the workers are said to suffer from when a child is gone that they need. */
const lackReasons: ReadonlySet<string> = new Set(['PodsRefused', 'WorkersUnready', 'RolloutStuck']);

export type ReconcilerOptions = {
  readonly client: Pick<KubeClient, 'applyStatus'>;
  readonly couriers: Pick<StoreReader<LiveCourier>, 'get'>;
  readonly deployments: Pick<StoreReader<Deployment>, 'get'>;
  readonly podsOf: (courierKey: string) => readonly Pod[];
  readonly applier: ChildApplier;
  readonly gate: ConsistencyGate;
  readonly fleets: Fleets;
  readonly events: {
    /** Told of every status that was written over that of `courier`. */
    changed(courier: LiveCourier, status: CourierStatus): void;
  };
  readonly operatorImage: PlanContext['operatorImage'];
  /** Whether the cluster serves PodMonitors now. */
  readonly podMonitors: Pick<ServedResource, 'isServed'>;
  readonly clock: Clock;
};

/** What applying a plan came to. */
type Applied = {
  readonly failure: { readonly told: ApplyError; readonly error: unknown } | undefined;
  /** The newest that is known of it. */
  readonly deployment: Deployment | undefined;
};

/** What samples Couriers and decides how many workers each should have. */
export interface Fleets {
  /** Keeps sampling a Courier, from now on as this object says. */
  ensure(key: string, courier: LiveCourier): void;
  /** What the last sample of a Courier gave; undefined before the first. */
  sample(key: string): Sample | undefined;
  /** The SHA-256 of the token of a Courier's workers. */
  tokenSha256(courier: LiveCourier): string;
  forget(key: string): void;
}

/** Brings what a Courier needs into being: observe, plan, apply, report. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Applies of a Courier that have failed in a row. */
  readonly #failures = new Map<string, number>();
  readonly #statusWrittenMs = new Map<string, number>();
  /** When Couriers without a status were reconciled first. */
  readonly #firstSeenMs = new Map<string, number>();
  /** The generation for which unwanted children were removed. */
  readonly #cleaned = new Map<string, number>();
  /** Couriers whose children the next reconcile looks at, whatever is known of them. */
  readonly #unverified = new Set<string>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /**
   * Makes the next reconcile of a Courier look at its children although nothing says that they have changed. The priority
   * of a resync does not tell: it gives way to that of anything else that the key waits for.
   */
  verify(key: string): void {
    this.#unverified.add(key);
  }

  /** Reconciles the Courier `namespace/name`. @throws KubeError for what is to be tried again */
  readonly reconcile = async (
    key: string,
    { priority }: ReconcileContext,
    signal: AbortSignal,
  ): Promise<ReconcileResult> => {
    const { gate, fleets } = this.#options;
    const courier = this.#options.couriers.get(key);
    if (courier === undefined || courier.metadata.deletionTimestamp !== undefined) {
      this.#forget(key, courier === undefined);
      return {};
    }
    if (gate.behind(key, courier.metadata.uid).length > 0) return { requeueAfterMs: staleRetryMs };
    fleets.ensure(key, courier);
    const plan = this.#plan(key, courier);
    const verify = this.#unverified.delete(key) || priority === lowPriority || mayLackChild(courier.status);
    const { failure, deployment } = await this.#apply(key, courier, plan, verify, signal);
    const statusDueMs = await this.#report(key, courier, plan, deployment, failure?.told, signal);
    if (failure === undefined) {
      this.#failures.delete(key);
      return statusDueMs === undefined ? {} : { requeueAfterMs: statusDueMs };
    }
    throw failure.error;
  };

  #plan(key: string, courier: LiveCourier): Plan {
    const { fleets, operatorImage, podMonitors, deployments } = this.#options;
    const { generation, name, namespace } = courier.metadata;
    const live = deployments.get(`${namespace}/${childName(name)}`)?.spec?.replicas;
    const sample = fleets.sample(key);
    // Who is above a bound that was only just lowered finishes like everybody who leaves: the next decision sees to it.
    const above = sample?.generation === generation ? 0 : (live ?? 0) - courier.spec.scaling.maxReplicas;
    return planChildren(courier, {
      operatorImage,
      podMonitors: podMonitors.isServed,
      replicas: sample?.decision?.replicas ?? live ?? courier.spec.scaling.minReplicas,
      draining: Math.max(0, above, sample?.draining ?? 0),
      exchangeTokenSha256: fleets.tokenSha256(courier),
    });
  }

  /** Applies the plan, up to the first child that fails. */
  async #apply(
    key: string,
    courier: LiveCourier,
    { children, unwanted }: Plan,
    verify: boolean,
    signal: AbortSignal,
  ): Promise<Applied> {
    const { applier, gate } = this.#options;
    const { name, namespace, uid } = courier.metadata;
    let deployment = this.#options.deployments.get(`${namespace}/${childName(name)}`);
    for (const child of children) {
      try {
        const applied = await applier.apply(courier, child, verify, signal);
        if (child.kind !== 'Deployment' || applied === undefined) continue;
        gate.wrote(key, uid, deployments, applied.metadata.resourceVersion);
        // The store may not show it yet, and would say of the old template that it is rolled out.
        deployment = applied as Deployment;
      } catch (error) {
        return { failure: { told: this.#tell(key, child, error), error }, deployment };
      }
    }
    await this.#clean(key, courier, unwanted, deployment, signal);
    return { failure: undefined, deployment };
  }

  /** Removes what is not wanted any more, once for each generation, when no pod of an older template can need it. */
  async #clean(
    key: string,
    courier: LiveCourier,
    unwanted: Plan['unwanted'],
    deployment: Deployment | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { generation } = courier.metadata;
    if (unwanted.length === 0 || this.#cleaned.get(key) === generation) return;
    if (deployment === undefined || !isComplete(deployment, false)) return;
    for (const ref of unwanted) await this.#options.applier.remove(courier, ref, signal);
    this.#cleaned.set(key, generation);
  }

  #tell(key: string, child: Child, error: unknown): ApplyError {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const { namespace = '', name } = child.metadata;
    if (error instanceof NameConflict) return conflictError(error, failures);
    if (error instanceof KubeError) return applyError(error, { kind: child.kind, namespace, name }, failures);
    throw error;
  }

  /** Writes the status if it is due. @returns in how many milliseconds it is due, when it is not yet. */
  async #report(
    key: string,
    courier: LiveCourier,
    plan: Plan,
    deployment: Deployment | undefined,
    applyError: ApplyError | undefined,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { client, clock, events, fleets, gate, podsOf } = this.#options;
    const { name, namespace, uid } = courier.metadata;
    const sample = fleets.sample(key);
    const nowMs = clock.monotonic();
    const queue: QueueLook = sample?.look ?? { kind: 'None' };
    if (queue.kind === 'None' && plan.error === undefined && applyError === undefined) {
      const firstLookDueMs = this.#firstLookDueMs(key, courier, nowMs);
      if (firstLookDueMs > 0) return firstLookDueMs;
    }
    const status = computeStatus({
      courier,
      previous: courier.status,
      deployment,
      pods: podsOf(key).map(observePod),
      queue,
      decision: sample?.decision,
      draining: sample?.draining ?? 0,
      planError: plan.error,
      applyError,
      reports: (sample?.reports ?? []).map((report) => report.status),
      nowTimeMs: clock.now(),
    });
    const delayMs = statusWriteDelayMs(courier.status, status, this.#statusWrittenMs.get(key), nowMs);
    if (delayMs !== 0) return delayMs;
    // With the uid, a Courier of the same name that was made meanwhile refuses it.
    const object: KubeObject & Pick<LiveCourier, 'status'> = { metadata: { namespace, name, uid }, status };
    const written = await client.applyStatus<KubeObject>(couriers, object, { fieldManager }, signal);
    this.#statusWrittenMs.set(key, nowMs);
    gate.wrote(key, uid, couriers, written.metadata.resourceVersion);
    events.changed(courier, status);
    return undefined;
  }

  /** In how many milliseconds a Courier without a status gets one, whether or not its queue has been looked at. */
  #firstLookDueMs(key: string, { spec, status }: LiveCourier, nowMs: number): number {
    if (hasBeenSeen(status) || spec.suspend) return 0;
    const firstSeenMs = this.#firstSeenMs.get(key) ?? nowMs;
    this.#firstSeenMs.set(key, firstSeenMs);
    return Math.max(0, firstSeenMs + firstLookMs - nowMs);
  }

  #forget(key: string, gone: boolean): void {
    const { applier, fleets, gate } = this.#options;
    fleets.forget(key);
    this.#firstSeenMs.delete(key);
    this.#failures.delete(key);
    this.#statusWrittenMs.delete(key);
    this.#unverified.delete(key);
    this.#cleaned.delete(key);
    if (!gone) return;
    const [namespace, name = ''] = key.split('/');
    applier.forget(`${namespace}/${childName(name)}`);
    gate.clear(key);
  }
}

/** Whether what holds up the workers may be a child that somebody has deleted: of these, Deployments alone are watched. */
function mayLackChild(status: CourierStatus | undefined): boolean {
  const workload = findCondition(status?.conditions, 'WorkloadAvailable');
  return workload?.status === 'False' && lackReasons.has(workload.reason);
}

/** The CRD gives a new Courier a status that says -1. */
function hasBeenSeen(status: CourierStatus | undefined): boolean {
  return (status?.observedGeneration ?? -1) >= 0;
}
