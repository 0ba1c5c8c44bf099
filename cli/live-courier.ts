import type { Courier } from '../api/v1alpha1.gen.ts';
import type { LiveCourier } from '../operator/courier/objects.ts';

/** Stands for what only the API server gives out. */
export const unknownUid = '00000000-0000-0000-0000-000000000000';

/** A Courier of a file as the API server would store it, but for the uid. */
export function asLive({ status: _fresh, metadata, ...rest }: Courier, uid = unknownUid): LiveCourier {
  return { ...rest, metadata: { ...metadata, uid, generation: 1 } };
}
