import type { CourierStatus, CourierStatusScaling } from '../../api/v1alpha1.gen.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import type { ApplyError } from './apply-error.ts';
import type { Deployment, LiveCourier } from './objects.ts';
import type { PlanError } from './plan-error.ts';
import type { ObservedPod } from './pods.ts';

/** Everything that a status is made of. */
export type StatusInput = {
  readonly courier: LiveCourier;
  /** The status that was last written. */
  readonly previous: CourierStatus | undefined;
  /** As the API server gave it back when it was applied, or later; undefined when there is none. */
  readonly deployment: Deployment | undefined;
  readonly pods: readonly ObservedPod[];
  readonly queue: QueueLook;
  /** The last decision; undefined before the first. */
  readonly decision: StatusDecision | undefined;
  /** Workers beyond the decision that finish what they hold before they are removed. */
  readonly draining: number;
  readonly planError: PlanError | undefined;
  readonly applyError: ApplyError | undefined;
  /** What the workers said of themselves, those that answered. */
  readonly reports: readonly WorkerStatus[];
  /** Milliseconds since the epoch. */
  readonly nowTimeMs: number;
};

/** What the last look at the queue gave. */
export type QueueLook =
  /** There has been none: the operator has just started, the Courier is new or suspended, or its queue was changed. */
  | { readonly kind: 'None' }
  | {
      readonly kind: 'Seen';
      readonly counters: { readonly visible: number; readonly notVisible: number; readonly delayed: number };
      /** After so many receives the queue gives up on a message; null without a dead-letter queue. */
      readonly maxReceiveCount: number | null;
      readonly timeMs: number;
    }
  | {
      readonly kind: 'Failed';
      readonly failure: {
        /** Whether it stays until somebody changes something. */
        readonly kind: 'Misconfigured' | 'Transient';
        /** What is wrong, the value seen and the remedy, without a full stop. */
        readonly sentence: string;
        /** AWS's name for it, such as `QueueDoesNotExist`. */
        readonly code?: string;
      };
      /** How many looks in a row have failed. */
      readonly failures: number;
    };

/** What a status says of a decision: a part of what the scaling engine gives. */
export type StatusDecision = {
  readonly replicas: number;
  readonly reason: string;
  readonly limitedBy: NonNullable<CourierStatusScaling['limitedBy']>;
  readonly explanation: string;
  /** `lambda`: messages a second that arrive; `mu`: messages a second that a busy worker delivers. */
  readonly inputs: Readonly<Record<string, number | string | null>>;
};

/** Calls in a row that may fail before what may pass is called a failure, and a mistake is called a dead end. */
export const toleratedFailures = 3;
