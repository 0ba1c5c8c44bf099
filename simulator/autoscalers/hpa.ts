/** A relative difference that changes nothing: --horizontal-pod-autoscaler-tolerance. */
const tolerance = 0.1;
/** --horizontal-pod-autoscaler-downscale-stabilization. */
const stabilizationSeconds = 300;
/** Growth within one sync: to twice the size, or to this many. */
const leastScaleUpLimit = 4;

/** What one sync is made of. */
export type HpaInput = {
  readonly nowSeconds: number;
  /** `spec.replicas`. */
  readonly desired: number;
  /** `status.replicas`: pods that are not terminating. */
  readonly current: number;
  /** The external metric, over all pods. */
  readonly metric: number;
};

export type HpaSettings = {
  /** AverageValue of the metric for one pod. */
  readonly target: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
};

/**
 * The HorizontalPodAutoscaler's algorithm for an external metric with an AverageValue and no `behavior`
 * (pkg/controller/podautoscaler of Kubernetes: GetExternalPerPodMetricReplicas, stabilizeRecommendation,
 * convertDesiredReplicasWithRules).
 */
export class Hpa {
  readonly #settings: HpaSettings;
  #recommendations: readonly { readonly seconds: number; readonly replicas: number }[] = [];

  constructor(settings: HpaSettings) {
    this.#settings = settings;
  }

  /** One sync of a target that has replicas. */
  sync({ nowSeconds, desired, current, metric }: HpaInput): number {
    const { target, minReplicas, maxReplicas } = this.#settings;
    const ratio = metric / (target * current);
    const replicas = Math.abs(1 - ratio) <= tolerance ? current : Math.ceil(metric / target);
    this.#recommendations = [
      ...this.#recommendations.filter(({ seconds }) => seconds >= nowSeconds - stabilizationSeconds),
      { seconds: nowSeconds, replicas },
    ];
    const stabilized = Math.max(...this.#recommendations.map((recommendation) => recommendation.replicas));
    const limited = Math.min(stabilized, Math.max(2 * desired, leastScaleUpLimit));
    return Math.min(maxReplicas, Math.max(minReplicas, limited));
  }
}
