/** What is divided among the workers of a Courier. */
export type LeaseTerms = {
  /** Attempts per second of all workers together, retries included. */
  readonly limit: number;
  /** Attempts per second that a worker may make when nobody has told it anything for long: safe if all do so. */
  readonly fallback: number;
};

/**
 * The terms of a limit.
 *
 * @param limit attempts per second.
 * @param mostWorkers the most workers that there can be at a time, those that replace others included.
 */
export function leaseTerms(limit: number, mostWorkers: number): LeaseTerms {
  return { limit, fallback: limit / mostWorkers };
}
