import { configMap } from './children/config-map.ts';
import { deployment } from './children/deployment.ts';
import { podDisruptionBudget } from './children/pod-disruption-budget.ts';
import { podMonitor } from './children/pod-monitor.ts';
import { serviceAccount } from './children/service-account.ts';
import { childName } from './names.ts';
import type { Child, ChildKind, LiveCourier } from './objects.ts';
import { PlanError } from './plan-error.ts';

/** What the children of a Courier depend on besides the Courier itself. */
export type PlanContext = {
  /** What workers run unless their Courier names an image. */
  readonly operatorImage: string;
  /** The number of workers that is wanted; the plan keeps it within the Courier's bounds. */
  readonly replicas: number;
  /** Workers beyond these that finish what they hold before they are removed. */
  readonly draining: number;
  /** Whether the cluster knows the Prometheus Operator's PodMonitor. */
  readonly podMonitors: boolean;
  /** Hexadecimal; what the workers know the operator by. */
  readonly exchangeTokenSha256: string;
};

/** Names a child that there should not be. */
export type ChildRef = { readonly kind: ChildKind; readonly namespace: string; readonly name: string };

/** What there should be for a Courier. */
export type Plan = {
  /** To be applied in this order. Empty when there is an error: then everything stays as it is. */
  readonly children: readonly Child[];
  /**
   * To be deleted where it exists and is ours, once the Deployment has been rolled out: until then old pods may use it.
   */
  readonly unwanted: readonly ChildRef[];
  readonly error?: PlanError;
};

/** Plans the children of a Courier. Pure: the same Courier and context give the same plan, to the byte. */
export function planChildren(courier: LiveCourier, context: PlanContext): Plan {
  try {
    return { children: children(courier, context), unwanted: unwanted(courier) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    // Suspending must stop the workers whatever else is wrong, and without workers a template harms nobody.
    if (!courier.spec.suspend) return { children: [], unwanted: [], error };
    return { children: [...own(courier), deployment(withoutPodTemplate(courier), context)], unwanted: [], error };
  }
}

function children(courier: LiveCourier, context: PlanContext): readonly Child[] {
  const { file } = courier.spec.audit;
  if (file !== undefined && file.volume === undefined) {
    throw new PlanError(
      'AuditVolumeMissing',
      `The audit goes to files in ${file.directory}, and no volume is mounted there, so the records would die with their pod. ` +
        'Name a claim in spec.audit.file.volume.persistentVolumeClaim.claimName, or audit to Firehose.',
    );
  }
  return [
    ...own(courier),
    // Last, since its pods need the others.
    deployment(courier, context),
    ...(context.podMonitors ? [podMonitor(courier)] : []),
  ];
}

function own(courier: LiveCourier): readonly Child[] {
  return [
    ...(courier.spec.worker.serviceAccountName === undefined ? [serviceAccount(courier)] : []),
    configMap(courier),
    podDisruptionBudget(courier),
  ];
}

/** A ServiceAccount of ours is not needed any more once another is named. */
function unwanted({ metadata, spec }: LiveCourier): readonly ChildRef[] {
  const { namespace } = metadata;
  const name = childName(metadata.name);
  const named = spec.worker.serviceAccountName;
  return named === undefined || named === name ? [] : [{ kind: 'ServiceAccount', namespace, name }];
}

function withoutPodTemplate(courier: LiveCourier): LiveCourier {
  const { podTemplate: _unusable, ...worker } = courier.spec.worker;
  return { ...courier, spec: { ...courier.spec, worker } };
}
