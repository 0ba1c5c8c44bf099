import type { Registry } from 'prom-client';
import type { Clock } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import type { OperatorConfig } from './config.ts';
import type { KubeClient } from './kube/client.ts';
import type { Logger } from './kube/log.ts';
import type { KubeMetrics } from './kube/metrics.ts';

/** What an operator is made of. */
export type OperatorOptions = {
  readonly config: OperatorConfig;
  /** Makes the client that everything but the metrics of it is given. */
  readonly client: KubeClient;
  readonly registry: Registry;
  readonly metrics: KubeMetrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
};
