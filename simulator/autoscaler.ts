import type { QueueCounts, Workers } from '../operator/scaling/types.ts';

/** What an autoscaler can see. Reading draws from the noise of what is read. */
export interface View {
  readonly nowSeconds: number;
  readonly replicas: { readonly desired: number; readonly ready: number; readonly starting: number };
  /** Mean seconds from creation to readiness of the pods that became ready last; null before there was one. */
  readonly startupSeconds: number | null;
  /** Mean requests that a ready pod lets itself have open. */
  readonly slotsPerReplica: number;
  /** Null when the counters cannot be read. */
  readQueue(): QueueCounts | null;
  /** Null when the workers do not answer, or are not asked. */
  readWorkers(): Workers | null;
}

/** A number of replicas, with what is said of it. */
export type Order = {
  readonly replicas: number;
  /** A sentence. */
  readonly why: string;
  readonly reason: string;
  readonly limitedBy: string;
};

/** Who sets the number of replicas in a simulation. */
export interface Autoscaler {
  readonly name: string;
  /** True when it asks pods to drain and takes it back when they are needed; false: they get a SIGTERM, the newest first. */
  readonly drains: boolean;
  /** Before anything has happened. */
  readonly firstReplicas: number;
  /** When it is to be asked next. */
  readonly nextSeconds: number;
  /** What it orders now; null: it leaves the number alone. */
  act(view: View): Order | null;
}
