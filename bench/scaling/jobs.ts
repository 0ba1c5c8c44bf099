import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { AutoscalerName } from '../../simulator/autoscalers/autoscalers.ts';
import type { Outcome } from '../../simulator/outcome.ts';
import type { Scenario } from '../../simulator/scenario.ts';

/** One scenario with one seed, under each autoscaler. */
export type Job = {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly autoscalers: readonly AutoscalerName[];
};

export type JobResult = Readonly<Partial<Record<AutoscalerName, Outcome>>>;

/** Runs the jobs on all cores. @returns their results, in the order of the jobs. */
export async function runJobs(jobs: readonly Job[]): Promise<readonly JobResult[]> {
  const results: JobResult[] = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(new URL('worker.ts', import.meta.url));
    try {
      for (let index = next++; index < jobs.length; index = next++) {
        results[index] = await ask(worker, jobs[index]);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

function ask(worker: Worker, job: Job | undefined): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    worker.once('message', (result: JobResult) => {
      worker.off('error', reject);
      resolve(result);
    });
    worker.once('error', reject);
    worker.postMessage(job);
  });
}
