import type { KubeObject } from './objects.ts';
import { namespaced, type Resource } from './resources.ts';

/** A lock that its holder has to renew. Timestamps have microseconds. */
export type Lease = KubeObject & {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
};

export const leases: Resource<Lease> = namespaced('coordination.k8s.io/v1', 'Lease', 'leases');

/** A wall-clock time as the API wants it where it takes microseconds; `toISOString` ends with milliseconds. */
export function microTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '000Z');
}

/** The lease as its taker writes it: what is new to it, and what it keeps. */
export function takenLease(
  former: Lease | undefined,
  { namespace, name, identity, durationSeconds }: Holder,
  timeMs: number,
): Lease {
  const { spec = {}, metadata = { namespace, name } } = former ?? {};
  const renews = spec.holderIdentity === identity;
  const time = microTime(timeMs);
  return {
    ...former,
    metadata,
    spec: {
      ...spec,
      holderIdentity: identity,
      leaseDurationSeconds: durationSeconds,
      acquireTime: renews ? (spec.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: (spec.leaseTransitions ?? 0) + (renews || former === undefined ? 0 : 1),
    },
  };
}

/** The lease as its holder leaves it: free at once. */
export function releasedLease(held: Lease, timeMs: number): Lease {
  const time = microTime(timeMs);
  const { leaseTransitions = 0 } = held.spec ?? {};
  return {
    ...held,
    spec: { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time, leaseTransitions },
  };
}

/** Who takes which lease, and for how long. */
export type Holder = {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly durationSeconds: number;
};
