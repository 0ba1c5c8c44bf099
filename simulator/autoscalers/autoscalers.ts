import type { Autoscaler } from '../autoscaler.ts';
import { randomStream } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { CourierAutoscaler } from './courier.ts';
import { KedaAutoscaler } from './keda.ts';
import { StaticAutoscaler } from './static.ts';
import { TargetTrackingAutoscaler } from './target-tracking.ts';

/** Seconds that a message may wait, from which AWS derives the acceptable backlog of an instance. */
const acceptableLatencySeconds = 15;

/** Courier and what it is compared with. */
export const autoscalers = {
  courier: (scenario: Scenario, seed: number) => new CourierAutoscaler(scenario, randomStream(seed, 'courier')),
  keda: ({ scaling }: Scenario, seed: number) => new KedaAutoscaler(scaling, randomStream(seed, 'keda')),
  aws: ({ scaling, workers }: Scenario, seed: number) => {
    const target = (acceptableLatencySeconds * workers.slots) / workers.serviceSeconds;
    return new TargetTrackingAutoscaler(scaling, target, randomStream(seed, 'aws'));
  },
  static: ({ scaling }: Scenario) => new StaticAutoscaler(scaling.maxReplicas),
} as const satisfies Record<string, (scenario: Scenario, seed: number) => Autoscaler>;

export type AutoscalerName = keyof typeof autoscalers;

/** What people call them. */
export const autoscalerTitles = {
  courier: 'Courier',
  keda: 'KEDA + HPA',
  aws: 'AWS target tracking',
  static: 'static maximum',
} as const satisfies Record<AutoscalerName, string>;
