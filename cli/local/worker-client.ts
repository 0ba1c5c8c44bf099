import { request } from 'undici';
import { isWorkerStatus, type WorkerStatus } from '../../api/worker-status.ts';

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
