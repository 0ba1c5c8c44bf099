/** Requests to the API server. */
export interface ClientMetrics {
  /** A request got an answer with this status code, or `<error>`. */
  request(code: string, method: string, host: string): void;
  /** A request took this many seconds. */
  duration(seconds: number, verb: string, host: string): void;
}

/** How a reconcile ended: one of these for each, with `error` covering terminal errors and panics. */
export type ReconcileOutcome = 'success' | 'error' | 'requeue' | 'requeue_after';

/** One controller. */
export interface ControllerMetrics {
  /** A reconcile ended. */
  reconciled(outcome: ReconcileOutcome, seconds: number): void;
  terminalError(): void;
  /** A reconcile failed by a defect in the code. */
  panic(): void;
  timeout(): void;
  activeWorkers(count: number): void;
  maxConcurrentReconciles(count: number): void;
}

/** What a queue reports when it is asked. */
export interface QueueState {
  /** Keys that are ready to run, by priority. */
  depths(): ReadonlyMap<number, number>;
  /** Seconds for which each key under way has been so. */
  processingSeconds(): readonly number[];
}

/** One work queue. */
export interface QueueMetrics {
  added(): void;
  retried(): void;
  /** A key waited this many seconds between being ready and being taken. */
  waited(seconds: number): void;
  /** A key was worked on for this many seconds. */
  worked(seconds: number): void;
}

/** One reflector. */
export interface ReflectorMetrics {
  listed(items: number, seconds: number): void;
  watched(): void;
  shortWatch(): void;
}

/** One leader election. */
export interface ElectionMetrics {
  master(leads: boolean): void;
  /** The lease could not be renewed in one request. */
  slowPath(): void;
}

/** Where the parts of this library count what they do. */
export interface KubeMetrics {
  readonly client: ClientMetrics;
  controller(name: string): ControllerMetrics;
  queue(name: string, state: QueueState): QueueMetrics;
  reflector(name: string): ReflectorMetrics;
  election(name: string): ElectionMetrics;
}

/** Counts nothing. */
export const noMetrics: KubeMetrics = {
  client: { request() {}, duration() {} },
  controller: () => ({
    reconciled() {},
    terminalError() {},
    panic() {},
    timeout() {},
    activeWorkers() {},
    maxConcurrentReconciles() {},
  }),
  queue: () => ({ added() {}, retried() {}, waited() {}, worked() {} }),
  reflector: () => ({ listed() {}, watched() {}, shortWatch() {} }),
  election: () => ({ master() {}, slowPath() {} }),
};
