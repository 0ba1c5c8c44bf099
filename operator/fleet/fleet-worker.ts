/** Where a worker's status API listens. */
export type Address = { readonly host: string; readonly port: number };

/** A worker, wherever it runs, as scaling sees it. */
export type FleetWorker = {
  /** Stays with the worker for its life. */
  readonly id: string;
  /** Where it can be asked; undefined until it listens. */
  readonly address: Address | undefined;
  /** Whether it has begun to run, or may at any moment. */
  readonly placed: boolean;
  readonly ready: boolean;
  /** It was told to stop. */
  readonly leaving: boolean;
  /** Its process has surely ended, and nothing will take its place under this id. */
  readonly over: boolean;
  /** Milliseconds since the epoch. */
  readonly createdTimeMs: number;
  /** When it became ready, milliseconds since the epoch; undefined while it is not. */
  readonly readyTimeMs: number | undefined;
};

/** How many workers there are: those that leave, or are to leave, count no more. */
export function countReplicas(
  workers: readonly FleetWorker[],
  drains: { has(id: string): boolean },
): { readonly ready: number; readonly starting: number } {
  const staying = workers.filter(({ id, leaving, over }) => !leaving && !over && !drains.has(id));
  const ready = staying.filter((worker) => worker.ready).length;
  return { ready, starting: staying.length - ready };
}
