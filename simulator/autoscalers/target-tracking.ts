import type { Random } from '../../api/random.ts';
import type { Autoscaler, Order, View } from '../autoscaler.ts';

const periodSeconds = 60;
/** From the end of a period until the alarm sees its point. */
const delaySeconds = 15;
/** Points in a row above the target that scale out. */
const pointsOut = 3;
/** Points in a row below nine tenths of the target that scale in. */
const pointsIn = 15;
const scaleInShare = 0.9;
const scaleInPeriodSeconds = 300;

/** How many instances target tracking wants; undefined: as many as there are. */
export function trackTarget(
  points: readonly number[],
  target: number,
  desired: number,
  mayScaleIn: boolean,
): number | undefined {
  const latest = points.at(-1) ?? 0;
  const lastOut = points.slice(-pointsOut);
  if (lastOut.length === pointsOut && lastOut.every((point) => point > target)) {
    return Math.ceil((desired * latest) / target);
  }
  const lastIn = points.slice(-pointsIn);
  const isBelow = lastIn.length === pointsIn && lastIn.every((point) => point < scaleInShare * target);
  if (!mayScaleIn || !isBelow) return undefined;
  return Math.max(Math.ceil((desired * Math.max(...lastIn)) / target), Math.floor(desired / 2), 1);
}

/**
 * AWS target tracking on the backlog per instance, as AWS recommends for SQS. How far it scales in is only partly
 * documented. The metric is not defined at zero instances, so there is always one.
 */
export class TargetTrackingAutoscaler implements Autoscaler {
  readonly name = 'aws';
  readonly drains = false;
  readonly firstReplicas: number;
  readonly #maxReplicas: number;
  /** Messages an instance may have waiting. */
  readonly #target: number;
  #points: readonly number[] = [];
  #pending: number | null = null;
  #scaledInSeconds = Number.NEGATIVE_INFINITY;
  nextSeconds: number;

  constructor(bounds: { minReplicas: number; maxReplicas: number }, target: number, random: Random) {
    this.firstReplicas = Math.max(1, bounds.minReplicas);
    this.#maxReplicas = bounds.maxReplicas;
    this.#target = target;
    this.nextSeconds = random() * periodSeconds;
  }

  act(view: View): Order | null {
    if (this.#pending === null) {
      const queue = view.readQueue();
      this.#pending = queue === null ? Number.NaN : queue.visible / Math.max(1, view.replicas.ready);
      this.nextSeconds += delaySeconds;
      return null;
    }
    this.nextSeconds += periodSeconds - delaySeconds;
    if (!Number.isNaN(this.#pending)) this.#points = [...this.#points.slice(1 - pointsIn), this.#pending];
    this.#pending = null;
    return this.#evaluate(view);
  }

  #evaluate({ nowSeconds, replicas }: View): Order | null {
    const { desired } = replicas;
    const mayScaleIn = nowSeconds - this.#scaledInSeconds >= scaleInPeriodSeconds;
    const wanted = trackTarget(this.#points, this.#target, desired, mayScaleIn);
    if (wanted === undefined) return null;
    const bounded = Math.max(this.firstReplicas, Math.min(this.#maxReplicas, wanted));
    if (bounded < desired) this.#scaledInSeconds = nowSeconds;
    const latest = Math.round(this.#points.at(-1) ?? 0);
    const why = `${latest} messages an instance, of ${Math.round(this.#target)} that are the target.`;
    return { replicas: bounded, reason: 'Metric', limitedBy: 'None', why };
  }
}
