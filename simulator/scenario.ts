/** What happens to a queue, its workers and their recipient: all that a simulation needs besides a seed. */
export type Scenario = {
  readonly name: string;
  readonly durationSeconds: number;
  /** Messages per second are the sum of these. */
  readonly arrivals: readonly Arrivals[];
  readonly queue: QueueModel;
  readonly workers: WorkerModel;
  /** What is wrong with the recipient, and when; spells may overlap. */
  readonly recipient: readonly Spell[];
  readonly audit: AuditModel | null;
  readonly operator: OperatorModel;
  readonly scaling: ScalingModel;
};

/** The kinds of load and trouble, and whether the recipient bears what is asked of it. */
export const categories = {
  constant: 'healthy',
  step: 'healthy',
  ramp: 'healthy',
  flashCrowd: 'healthy',
  daily: 'healthy',
  sawtooth: 'healthy',
  bursts: 'healthy',
  batch: 'healthy',
  trickle: 'healthy',
  coldStart: 'healthy',
  slowPods: 'healthy',
  longJobs: 'healthy',
  fastMessages: 'healthy',
  counters: 'healthy',
  silentWorkers: 'healthy',
  operatorRestart: 'healthy',
  fifo: 'healthy',
  outage: 'sick',
  blip: 'sick',
  brownOut: 'sick',
  throttling: 'sick',
  saturation: 'sick',
  collapse: 'sick',
  slower: 'sick',
  rateLimit: 'sick',
  audit: 'sick',
  poison: 'sick',
} as const satisfies Record<string, 'healthy' | 'sick'>;

export type Category = keyof typeof categories;

/** A scenario that belongs to a category. */
export type SuiteScenario = Scenario & { readonly category: Category };

/** From `fromSeconds` (default: the beginning) to `toSeconds` (default: the end). */
export type Span = { readonly fromSeconds?: number; readonly toSeconds?: number };

/** Messages that are sent. Rates are per second; `Bursts` switches between two rates at random times (an MMPP). */
export type Arrivals = Span &
  (
    | { readonly shape: 'Constant'; readonly perSecond: number }
    | { readonly shape: 'Ramp'; readonly perSecond: number; readonly toPerSecond: number }
    | {
        readonly shape: 'Wave';
        readonly perSecond: number;
        readonly toPerSecond: number;
        readonly periodSeconds: number;
      }
    | {
        readonly shape: 'Sawtooth';
        readonly perSecond: number;
        readonly toPerSecond: number;
        readonly periodSeconds: number;
      }
    | {
        readonly shape: 'Bursts';
        readonly perSecond: number;
        readonly toPerSecond: number;
        /** Mean seconds at `perSecond`, then at `toPerSecond`. */
        readonly meanSeconds: number;
        readonly toMeanSeconds: number;
      }
    /** `messages` at once at `fromSeconds`, and again every `periodSeconds`. */
    | { readonly shape: 'Batch'; readonly messages: number; readonly periodSeconds?: number }
    /** Pairs of seconds and messages per second; straight lines between them. */
    | { readonly shape: 'Trace'; readonly points: readonly (readonly [number, number])[] }
  );

/** Both ends of a uniform distribution. */
export type Range = readonly [number, number];

export type QueueModel = {
  /** Age of what the counters say. */
  readonly lagSeconds: Range;
  /** Relative standard deviation of each reading. */
  readonly noise: number;
  /** Share of readings that see a random part of the messages only. */
  readonly glitchShare: number;
  /** Share of readings that count one or two messages too many. */
  readonly phantomShare: number;
  /** When the counters cannot be read. */
  readonly outages: readonly Span[];
  /** Message groups of a FIFO queue; 0: a standard queue. */
  readonly fifoGroups: number;
  /** Receives after which a message goes to the dead-letter queue; 0: never. */
  readonly maxReceiveCount: number;
  readonly visibilityTimeoutSeconds: number;
  /** Share of messages that the recipient will never accept. */
  readonly poisonShare: number;
};

export type WorkerModel = {
  /** Requests that one worker has open at the same time. */
  readonly slots: number;
  /** Mean time that a healthy recipient takes for a message. */
  readonly serviceSeconds: number;
  /** Coefficient of variation of the log-normal service time. */
  readonly serviceVariation: number;
  readonly timeoutSeconds: number;
  readonly startupSeconds: Range;
  /** Share of pods that never become ready. */
  readonly neverReadyShare: number;
  readonly graceSeconds: number;
  /** Whether each worker lowers its own limit when the recipient refuses or slows down. */
  readonly adaptiveLimit: boolean;
};

/** Something wrong with the recipient for a while. */
export type Spell = Span &
  /** Every attempt fails after `afterSeconds`. */
  (
    | { readonly trouble: 'Down'; readonly afterSeconds?: number }
    /** A share of the attempts fails, at random. */
    | { readonly trouble: 'Failing'; readonly share: number }
    /** With n > `concurrency` requests open, the share 1 - concurrency/n fails. */
    | { readonly trouble: 'Overloaded'; readonly concurrency: number }
    /** More than `perSecond` attempts are answered with 429. */
    | { readonly trouble: 'Throttling'; readonly perSecond: number }
    /** With n > `concurrency` requests open, each takes (n/concurrency)^exponent as long. */
    | { readonly trouble: 'Saturating'; readonly concurrency: number; readonly exponent: number }
    | { readonly trouble: 'Slower'; readonly factor: number }
  );

/** The sink of the audit records, which all workers share. */
export type AuditModel = {
  /** Records per second while it is well. */
  readonly perSecond: number;
  /** When it takes none. */
  readonly outages: readonly Span[];
  /** Accepted messages that a worker holds while it waits for their records. */
  readonly bufferMessages: number;
};

export type OperatorModel = {
  /** When the workers do not answer the operator. */
  readonly silentWorkers: readonly Span[];
  /** When the operator restarts without its state, and how long it is away each time. */
  readonly restarts: readonly number[];
  readonly restartSeconds: number;
};

/** What a Courier's author sets, as far as it bears on its size. */
export type ScalingModel = {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly drainTargetSeconds: number;
  readonly targetMessagesPerReplica: number;
  readonly idleAfterSeconds: number;
  readonly maxScaleOutStep: number;
  /** What a worker that is to leave gets to finish, before its grace begins. */
  readonly drainTimeoutSeconds: number;
  readonly rateLimitPerSecond: number | null;
};

/** The world of autoscaling's usual day: short messages, a healthy recipient, pods that start in 5 to 20 seconds. */
export const usual = {
  queue: {
    lagSeconds: [0.5, 3],
    noise: 0.03,
    glitchShare: 0,
    phantomShare: 0,
    outages: [],
    fifoGroups: 0,
    maxReceiveCount: 0,
    visibilityTimeoutSeconds: 30,
    poisonShare: 0,
  },
  workers: {
    slots: 4,
    serviceSeconds: 0.4,
    serviceVariation: 0.5,
    timeoutSeconds: 30,
    startupSeconds: [5, 20],
    neverReadyShare: 0,
    graceSeconds: 30,
    adaptiveLimit: false,
  },
  recipient: [],
  audit: null,
  operator: { silentWorkers: [], restarts: [], restartSeconds: 20 },
  scaling: {
    minReplicas: 0,
    maxReplicas: 100,
    drainTargetSeconds: 30,
    targetMessagesPerReplica: 500,
    idleAfterSeconds: 60,
    maxScaleOutStep: 0,
    drainTimeoutSeconds: 120,
    rateLimitPerSecond: null,
  },
} as const satisfies Omit<Scenario, 'name' | 'durationSeconds' | 'arrivals'>;

/** True while `seconds` lies in one of the spans. */
export function within(spans: readonly Span[], seconds: number): boolean {
  return spans.some(
    ({ fromSeconds = 0, toSeconds = Number.POSITIVE_INFINITY }) => seconds >= fromSeconds && seconds < toSeconds,
  );
}
