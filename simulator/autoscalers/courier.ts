import type { Random } from '../../api/random.ts';
import { decide } from '../../operator/scaling/decide.ts';
import type { Observation, Policy, State } from '../../operator/scaling/types.ts';
import type { Autoscaler, Order, View } from '../autoscaler.ts';
import type { OperatorModel, Scenario } from '../scenario.ts';

/** The part of the interval by which the time of each sample varies, so that operators do not ask all at once. */
const jitter = 0.1;

/** The scaling policy that a Courier of this scenario has. */
function policyOf({ scaling, workers }: Scenario): Policy {
  const { drainTimeoutSeconds: _, ...policy } = scaling;
  return { ...policy, slotsPerReplica: workers.slots, graceSeconds: workers.graceSeconds };
}

/** Courier's operator: samples each interval and asks the function that the operator runs. */
export class CourierAutoscaler implements Autoscaler {
  readonly name = 'courier';
  readonly drains = true;
  readonly firstReplicas: number;
  readonly #policy: Policy;
  readonly #operator: OperatorModel;
  readonly #random: Random;
  readonly #intervalSeconds: number;
  #dueSeconds: number;
  #restarts: readonly number[];
  #state: State | null = null;
  #replicaRate: number | null = null;
  nextSeconds: number;

  constructor(scenario: Scenario, random: Random, intervalSeconds = 5) {
    this.#policy = policyOf(scenario);
    this.#operator = scenario.operator;
    this.#restarts = scenario.operator.restarts;
    this.#random = random;
    this.#intervalSeconds = intervalSeconds;
    this.firstReplicas = this.#policy.minReplicas;
    this.#dueSeconds = random() * intervalSeconds;
    this.nextSeconds = this.#dueSeconds;
  }

  act(view: View): Order | null {
    if (this.#restarting(view.nowSeconds)) return null;
    this.#schedule(this.#dueSeconds + this.#intervalSeconds);
    const decision = decide(this.#state, this.#observe(view), {
      ...this.#policy,
      slotsPerReplica: view.slotsPerReplica,
    });
    this.#state = decision.state;
    const { mu } = decision.inputs;
    this.#replicaRate = typeof mu === 'number' ? mu : this.#replicaRate;
    const { replicas, explanation, reason, limitedBy } = decision;
    return { replicas, why: explanation, reason, limitedBy };
  }

  #observe(view: View): Observation {
    return {
      timeSeconds: view.nowSeconds,
      replicas: view.replicas,
      queue: view.readQueue(),
      workers: view.readWorkers(),
      startupSeconds: view.startupSeconds,
      // As the status of the Courier says it.
      lastReplicaRate: this.#replicaRate,
    };
  }

  /** Away for a while, and back without a memory. */
  #restarting(nowSeconds: number): boolean {
    const [restart] = this.#restarts;
    if (restart === undefined || nowSeconds < restart) return false;
    this.#restarts = this.#restarts.slice(1);
    this.#state = null;
    this.#schedule(nowSeconds + this.#operator.restartSeconds);
    return true;
  }

  #schedule(dueSeconds: number): void {
    this.#dueSeconds = dueSeconds;
    this.nextSeconds = dueSeconds + (this.#random() - 0.5) * jitter * this.#intervalSeconds;
  }
}
