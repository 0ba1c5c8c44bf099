import { type Clock, sleep } from './clock.ts';
import type { Controller } from './controller.ts';

/** What a probe looks at: undefined when all is well, else what is wrong, in a sentence for people. */
export type HealthCheck = () => string | undefined;

/** A probe's answer: a status code, and a line for each check as Kubernetes' own components write them. */
export type HealthAnswer = { readonly status: 200 | 503; readonly body: string };

/** Answers a probe from named checks. */
export function answerProbe(checks: Readonly<Record<string, HealthCheck>>): HealthAnswer {
  const results = Object.entries(checks).map(([name, check]) => ({ name, problem: check() }));
  const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok` : `[-]${name} ${problem}`));
  const status = results.every(({ problem }) => problem === undefined) ? 200 : 503;
  return { status, body: `${lines.join('\n')}\n` };
}

/** Fails while a reconcile goes on after its deadline: only a restart frees its slot. For the liveness probe. */
export function reconcilesEnd(controller: Pick<Controller, 'overdue'>): HealthCheck {
  return () => {
    const keys = controller.overdue();
    return keys.length === 0 ? undefined : `reconciles do not end: ${keys.slice(0, 3).join(', ')}`;
  };
}

/** What can be waited for until it shows the cluster. */
export type Syncing = { readonly name: string; readonly hasSynced: boolean; readonly synced: Promise<void> };

/** Fails until every cache shows the cluster. For the readiness probe: a standby is ready too. */
export function cachesSynced(caches: readonly Syncing[]): HealthCheck {
  return () => {
    const missing = caches.filter(({ hasSynced }) => !hasSynced);
    return missing.length === 0 ? undefined : `not listed yet: ${missing.map(({ name }) => name).join(', ')}`;
  };
}

/**
 * Waits until every cache shows the cluster.
 *
 * @returns false when `timeoutMs` (controller-runtime waits two minutes) passed or `signal` fired first.
 */
export async function waitForCaches(
  caches: readonly Syncing[],
  { clock, timeoutMs = 120_000 }: { readonly clock: Clock; readonly timeoutMs?: number },
  signal: AbortSignal,
): Promise<boolean> {
  const done = new AbortController();
  const end = () => done.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const all = Promise.all(caches.map(({ synced }) => synced));
  await Promise.race([all, sleep(clock, timeoutMs, done.signal)]);
  signal.removeEventListener('abort', end);
  end();
  return caches.every(({ hasSynced }) => hasSynced);
}
