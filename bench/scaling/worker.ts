import { parentPort } from 'node:worker_threads';
import { autoscalers } from '../../simulator/autoscalers/autoscalers.ts';
import { outcomeOf } from '../../simulator/outcome.ts';
import { simulate } from '../../simulator/simulation.ts';
import { generateTraffic } from '../../simulator/traffic.ts';
import type { Job } from './jobs.ts';

parentPort?.on('message', ({ scenario, seed, autoscalers: names }: Job) => {
  const traffic = generateTraffic(scenario, seed);
  const outcomes = names.map((name) => {
    return [name, outcomeOf(simulate(scenario, traffic, seed, autoscalers[name](scenario, seed)))];
  });
  parentPort?.postMessage(Object.fromEntries(outcomes));
});
