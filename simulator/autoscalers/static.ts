import type { Autoscaler } from '../autoscaler.ts';

/** A fixed number of replicas. */
export class StaticAutoscaler implements Autoscaler {
  readonly name = 'static';
  readonly drains = false;
  readonly firstReplicas: number;
  readonly nextSeconds = Number.POSITIVE_INFINITY;

  constructor(replicas: number) {
    this.firstReplicas = replicas;
  }

  act(): null {
    return null;
  }
}
