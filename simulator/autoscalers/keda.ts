import type { Random } from '../../api/random.ts';
import type { QueueCounts } from '../../operator/scaling/types.ts';
import type { Autoscaler, Order, View } from '../autoscaler.ts';
import { Hpa } from './hpa.ts';

/** KEDA's defaults for an `aws-sqs-queue` trigger, and the HPA's. */
const kedaDefaults = {
  queueLength: 5,
  activationQueueLength: 0,
  pollingIntervalSeconds: 30,
  cooldownPeriodSeconds: 300,
  hpaSyncSeconds: 15,
} as const;

/** KEDA with the HPA that it makes: KEDA takes the target from zero and to zero, the HPA does the rest. */
export class KedaAutoscaler implements Autoscaler {
  readonly name = 'keda';
  readonly drains = false;
  readonly firstReplicas: number;
  readonly #minReplicas: number;
  readonly #hpa: Hpa;
  #pollSeconds: number;
  #syncSeconds: number;
  #lastActiveSeconds = Number.NEGATIVE_INFINITY;

  constructor({ minReplicas, maxReplicas }: { minReplicas: number; maxReplicas: number }, random: Random) {
    this.#minReplicas = minReplicas;
    this.firstReplicas = minReplicas;
    this.#hpa = new Hpa({ target: kedaDefaults.queueLength, minReplicas: Math.max(1, minReplicas), maxReplicas });
    this.#pollSeconds = random() * kedaDefaults.pollingIntervalSeconds;
    this.#syncSeconds = random() * kedaDefaults.hpaSyncSeconds;
  }

  get nextSeconds(): number {
    return Math.min(this.#pollSeconds, this.#syncSeconds);
  }

  act(view: View): Order | null {
    if (this.#pollSeconds <= this.#syncSeconds) {
      this.#pollSeconds += kedaDefaults.pollingIntervalSeconds;
      return this.#poll(view);
    }
    this.#syncSeconds += kedaDefaults.hpaSyncSeconds;
    return this.#sync(view);
  }

  /** The scale loop of KEDA's operator. Its metric counts messages in flight too. */
  #poll({ nowSeconds, replicas, readQueue }: View): Order | null {
    const metric = metricOf(readQueue());
    if (metric === null) return null;
    if (metric > kedaDefaults.activationQueueLength) {
      this.#lastActiveSeconds = nowSeconds;
      if (replicas.desired > 0) return null;
      return order(Math.max(1, this.#minReplicas), 'Activated', `KEDA sees ${metric} messages and wakes the target.`);
    }
    const idleSeconds = nowSeconds - this.#lastActiveSeconds;
    if (this.#minReplicas > 0 || replicas.desired === 0 || idleSeconds <= kedaDefaults.cooldownPeriodSeconds) {
      return null;
    }
    return order(0, 'Cooldown', `KEDA has seen no message for ${kedaDefaults.cooldownPeriodSeconds} s.`);
  }

  #sync({ nowSeconds, replicas, readQueue }: View): Order | null {
    if (replicas.desired === 0) return null;
    const metric = metricOf(readQueue());
    if (metric === null) return null;
    const current = replicas.ready + replicas.starting;
    const wanted = this.#hpa.sync({ nowSeconds, desired: replicas.desired, current, metric });
    return order(wanted, 'Metric', `HPA: ${metric} messages for ${current} pods, ${kedaDefaults.queueLength} each.`);
  }
}

function metricOf(queue: QueueCounts | null): number | null {
  return queue === null ? null : queue.visible + queue.notVisible;
}

function order(replicas: number, reason: string, why: string): Order {
  return { replicas, reason, why, limitedBy: 'None' };
}
