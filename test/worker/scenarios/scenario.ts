import fc from 'fast-check';

/** A time in which something is down, in seconds of virtual time from the beginning. */
export type Outage = { readonly fromSecond: number; readonly seconds: number };

/** How a worker ends, or is halted. */
export type Stop = {
  /**
   * Crash: at once, like `kill -9`. Term: SIGTERM, and a crash when the grace has passed. Halt: SIGSTOP, and SIGCONT when
   * `haltSeconds` have passed; the visibility timeout is ten.
   */
  readonly kind: 'Crash' | 'Term' | 'Halt';
  /** Its calls, requests and writes until then: it stops before or after one of them. */
  readonly afterSteps: number;
  readonly graceSeconds: number;
  readonly haltSeconds: number;
  /** Whether the next worker begins before this one has ended, as in a rollout; one that was halted ends when it goes on. */
  readonly overlaps: boolean;
};

/** What an operator asks of a worker beside its share. */
export type Order = {
  readonly atSecond: number;
  readonly maxConcurrency: number;
  /** For how long nothing is to be received; 0: no such order. */
  readonly holdSeconds: number;
};

/** A share of the rate limit that an operator hands down. */
export type Grant = {
  readonly atSecond: number;
  readonly messagesPerSecond: number;
  readonly burst: number;
  readonly ttlSeconds: number;
};

/** What is thrown at the workers of a queue. Numbers without a unit in their names are chances from 0 to 1, or counts. */
export type Scenario = {
  readonly seed: number;
  /** Tenants: a standard queue whose messages have group ids. */
  readonly queue: 'Standard' | 'Tenants' | 'Fifo';
  readonly messages: number;
  readonly groups: number;
  /** Large ones are tried with a byte budget that has room for one message and not for two. */
  readonly bodyBytes: number;
  readonly slots: number;
  readonly adaptive: boolean;
  readonly batch: { readonly maxMessages: number; readonly itemFailures: number } | undefined;
  readonly limit: { readonly messages: number; readonly burst: number } | undefined;
  /** With an operator: it hands down these, and is silent besides. Undefined: there is none. */
  readonly grants: readonly Grant[] | undefined;
  readonly recipient: {
    readonly latencyMs: number;
    readonly refusals: number;
    /** Answers that the table dead-letters. */
    readonly finals: number;
    readonly throttled: number;
    /** Requests that break off or time out; half of them have been accepted nevertheless. */
    readonly lost: number;
    /** Answers of 410, which pause the worker; somebody restarts it. */
    readonly gone: number;
    readonly outage: Outage | undefined;
  };
  readonly maxAttempts: number;
  readonly aws: {
    /** Calls that fail as a whole, before or after they were done, and entries of batches that fail. */
    readonly failures: number;
    /** Further entries of visibility changes that fail: receipts expire. */
    readonly lostBeats: number;
    /** Messages of a standard queue that are handed out again while they are held. */
    readonly redeliveries: number;
  };
  readonly audit: {
    readonly failures: number;
    readonly outage: Outage | undefined;
    readonly policy: 'Required' | 'BestEffort';
    /** Records into which the audit splits a large body. */
    readonly parts: number;
  };
  readonly orders: readonly Order[];
  readonly stops: readonly Stop[];
};

const outage: fc.Arbitrary<Outage | undefined> = fc.option(
  fc.record({ fromSecond: fc.integer({ min: 0, max: 8 }), seconds: fc.integer({ min: 1, max: 40 }) }),
  { nil: undefined, freq: 3 },
);

const stop: fc.Arbitrary<Stop> = fc.record({
  kind: fc.constantFrom('Crash', 'Crash', 'Term', 'Term', 'Halt'),
  afterSteps: fc.integer({ min: 1, max: 60 }),
  graceSeconds: fc.constantFrom(1, 5, 60),
  haltSeconds: fc.constantFrom(3, 12, 40),
  overlaps: fc.boolean(),
});

export const limit = fc.record({ messages: fc.constantFrom(1, 4, 20), burst: fc.integer({ min: 2, max: 10 }) });

export const grants: fc.Arbitrary<readonly Grant[]> = fc.array(
  fc.record({
    atSecond: fc.integer({ min: 0, max: 60 }),
    messagesPerSecond: fc.constantFrom(0, 0.5, 3, 20),
    burst: fc.integer({ min: 1, max: 10 }),
    ttlSeconds: fc.constantFrom(1, 5, 15),
  }),
  { maxLength: 4 },
);

const order: fc.Arbitrary<Order> = fc.record({
  atSecond: fc.integer({ min: 0, max: 30 }),
  maxConcurrency: fc.integer({ min: 1, max: 8 }),
  holdSeconds: fc.constantFrom(0, 0, 4, 20),
});

export const batch = fc.record({
  maxMessages: fc.integer({ min: 2, max: 10 }),
  itemFailures: fc.constantFrom(0, 0, 0.2),
});

/** How each part of a scenario is drawn. Tests of one subject replace some. */
export const parts: { readonly [Part in keyof Scenario]: fc.Arbitrary<Scenario[Part]> } = {
  seed: fc.integer(),
  queue: fc.constantFrom('Standard', 'Tenants', 'Fifo'),
  messages: fc.integer({ min: 1, max: 16 }),
  groups: fc.integer({ min: 1, max: 4 }),
  bodyBytes: fc.constantFrom(...new Array<number>(11).fill(8), ...new Array<number>(4).fill(3_000), 200_000),
  slots: fc.integer({ min: 1, max: 8 }),
  adaptive: fc.boolean(),
  batch: fc.constant(undefined),
  limit: fc.constant(undefined),
  grants: fc.constant(undefined),
  recipient: fc.record({
    latencyMs: fc.constantFrom(20, 500, 3_000),
    refusals: fc.constantFrom(0, 0, 0.1, 0.5),
    finals: fc.constantFrom(0, 0, 0.1),
    throttled: fc.constantFrom(0, 0, 0.1),
    lost: fc.constantFrom(0, 0, 0.2),
    gone: fc.constantFrom(0, 0, 0, 0.03),
    outage,
  }),
  maxAttempts: fc.constantFrom(0, 0, 3),
  aws: fc.record({
    failures: fc.constantFrom(0, 0, 0.05, 0.3),
    lostBeats: fc.constantFrom(0, 0, 0, 0.5, 1),
    redeliveries: fc.constantFrom(0, 0, 0, 0.1),
  }),
  audit: fc.record({
    failures: fc.constantFrom(0, 0, 0.1, 0.5),
    outage,
    policy: fc.constantFrom('Required', 'Required', 'Required', 'BestEffort'),
    parts: fc.constantFrom(1, 3),
  }),
  orders: fc.array(order, { maxLength: 2 }),
  stops: fc.array(stop, { maxLength: 3 }),
};
