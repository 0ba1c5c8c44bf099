/** A worker that is part of the fleet: it has not been asked to stop. */
export type DrainCandidate = {
  /** Stays with the worker for its life. */
  readonly id: string;
  readonly ready: boolean;
  /** Messages that it holds; undefined: it did not say. */
  readonly held: number | undefined;
  /** It receives nothing any more, and everything that it held is audited and deleted. */
  readonly drained: boolean;
  /** When it was made, in milliseconds since the epoch. */
  readonly createdTimeMs: number;
};

/** The workers that were chosen to leave, and since when, in monotonic milliseconds. */
export type Drains = ReadonlyMap<string, number>;

export type DrainPlan = {
  /** Who is to receive nothing more. To be handed to the next plan. */
  readonly drains: Drains;
  /** Of these, who may be removed now. */
  readonly done: ReadonlySet<string>;
  /** How many workers there should be now: those that are wanted, and those that still finish. */
  readonly replicas: number;
};

export type DrainOptions = {
  /** How many workers are wanted. */
  readonly target: number;
  /** How many are asked for now. */
  readonly live: number;
  /** Monotonic. */
  readonly nowMs: number;
  /** How long a worker may take to finish what it holds. */
  readonly timeoutMs: number;
};

/**
 * Who leaves when fewer workers are wanted than there are, and when: the least busy are chosen, receive nothing more, and
 * are removed when they hold nothing, or when their time is over. Who was chosen stays chosen until it is gone; when more are
 * wanted again, those that were to leave stay, before anybody new is started.
 */
export function planDrains(
  drains: Drains,
  workers: readonly DrainCandidate[],
  { target, live, nowMs, timeoutMs }: DrainOptions,
): DrainPlan {
  const chosen = workers.filter(({ id }) => drains.has(id)).sort(leavingOrder);
  const kept = chosen.slice(0, Math.max(0, workers.length - target));
  // Workers beyond `live` are there for the time of a rollout: that takes them away by itself.
  const missing = Math.max(0, Math.min(live, workers.length) - target - kept.length);
  const added = workers
    .filter(({ id }) => !drains.has(id))
    .sort(leavingOrder)
    .slice(0, missing);
  const leaving = new Map([...kept, ...added].map(({ id }) => [id, drains.get(id) ?? nowMs]));
  const done = [...kept, ...added].filter((worker) => {
    const isEmpty = worker.drained || (!worker.ready && worker.held === undefined);
    return isEmpty || nowMs - (leaving.get(worker.id) ?? nowMs) >= timeoutMs;
  });
  const finishing = leaving.size - done.length;
  return {
    drains: leaving,
    done: new Set(done.map(({ id }) => id)),
    replicas: Math.min(target + finishing, Math.max(target, live)),
  };
}

/**
 * The cost of removing each worker, as Kubernetes compares it (`controller.kubernetes.io/pod-deletion-cost`): none for those
 * that may be removed, more for the others with every message that they hold.
 */
export function deletionCosts(
  workers: readonly DrainCandidate[],
  { done }: Pick<DrainPlan, 'done'>,
): ReadonlyMap<string, number> {
  return new Map(workers.map(({ id, held = 0 }) => [id, done.has(id) ? 0 : 1 + held]));
}

/** Who is not there yet before who is, the idle before the busy, the new before the old: as a ReplicaSet would choose. */
function leavingOrder(a: DrainCandidate, b: DrainCandidate): number {
  return (
    Number(a.ready) - Number(b.ready) ||
    Number(b.drained) - Number(a.drained) ||
    (a.held ?? 0) - (b.held ?? 0) ||
    b.createdTimeMs - a.createdTimeMs ||
    a.id.localeCompare(b.id)
  );
}
