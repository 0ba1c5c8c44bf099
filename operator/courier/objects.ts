import type {
  V1ConfigMap,
  V1Deployment,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodTemplateSpec,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type { Courier, CourierStatus } from '../../api/v1alpha1.gen.ts';
import type { ApiObject, Json, KubeObject, ObjectMeta } from '../kube/objects.ts';

/** A Courier as the API server stores it: with an identity, and with every default filled in. */
export type LiveCourier = Omit<Courier, 'metadata' | 'status'> & {
  readonly metadata: ObjectMeta & {
    readonly namespace: string;
    readonly uid: string;
    /** Grows with every change of the spec. */
    readonly generation: number;
  };
  readonly status?: CourierStatus;
};

export type Deployment = ApiObject<V1Deployment>;
export type ConfigMap = ApiObject<V1ConfigMap>;
export type ServiceAccount = ApiObject<V1ServiceAccount>;
export type PodDisruptionBudget = ApiObject<V1PodDisruptionBudget>;
export type Pod = ApiObject<V1Pod>;
export type PodTemplate = Json<V1PodTemplateSpec>;

/** A PodMonitor of the Prometheus Operator, as far as Courier writes it. */
export type PodMonitor = KubeObject & {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly path: string;
      readonly relabelings: readonly { readonly sourceLabels: readonly string[]; readonly targetLabel: string }[];
    }[];
  };
};

/** An object that the operator applies for a Courier. */
export type Child = (ServiceAccount | ConfigMap | PodDisruptionBudget | Deployment | PodMonitor) & {
  readonly apiVersion: string;
  readonly kind: ChildKind;
};

export type ChildKind = 'ServiceAccount' | 'ConfigMap' | 'PodDisruptionBudget' | 'Deployment' | 'PodMonitor';
