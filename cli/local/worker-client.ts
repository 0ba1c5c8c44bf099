import { request } from 'undici';
import type { WorkerStatus } from '../../api/worker-status.ts';

/** A worker on the same machine answers in milliseconds; one that does not within this time is not asked twice. */
const timeoutMs = 1000;

/**
 * Asks the worker whose status API listens on `port` of this machine.
 * @throws Error when it does not answer in time, or not with a status.
 */
export async function readWorkerStatus(port: number): Promise<WorkerStatus> {
  const { statusCode, body } = await request(`http://127.0.0.1:${port}/status`, {
    signal: AbortSignal.timeout(timeoutMs),
  });
  const value: unknown = await body.json();
  if (statusCode !== 200 || !isWorkerStatus(value)) {
    throw new Error(`port ${port} answers ${statusCode}, and not with a worker's status`);
  }
  return value;
}

/** Checks what is counted with; a worker of another version may say more. */
export function isWorkerStatus(value: unknown): value is WorkerStatus {
  return (
    isRecord(value) &&
    typeof value.bootId === 'string' &&
    typeof value.startedTime === 'string' &&
    isRecord(value.waiting) &&
    [value.holding, value.counters].every(
      (numbers) => isRecord(numbers) && Object.values(numbers).every(Number.isFinite),
    ) &&
    isRecord(value.rates)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
