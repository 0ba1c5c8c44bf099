import type { CourierSpec } from '../../api/v1alpha1.gen.ts';

/**
 * The number of workers that a Courier may have when `wanted` are: none while it is suspended, else within its bounds.
 * `wanted` is what was decided, before the first decision what there is, and for a new Courier `minReplicas`. Those that
 * only finish what they hold are there besides.
 */
export function boundedReplicas(
  { suspend, scaling }: Pick<CourierSpec, 'suspend' | 'scaling'>,
  wanted: number,
  draining = 0,
): number {
  return suspend ? 0 : Math.min(Math.max(wanted, scaling.minReplicas), scaling.maxReplicas) + draining;
}
