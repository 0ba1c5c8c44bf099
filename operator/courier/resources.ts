import { namespaced, type Resource } from '../kube/resources.ts';
import type {
  Child,
  ChildKind,
  ConfigMap,
  Deployment,
  LiveCourier,
  Pod,
  PodDisruptionBudget,
  PodMonitor,
  ServiceAccount,
} from './objects.ts';

export const couriers: Resource<LiveCourier> = namespaced<LiveCourier>('courier.dev/v1alpha1', 'Courier', 'couriers');
export const deployments: Resource<Deployment> = namespaced<Deployment>('apps/v1', 'Deployment', 'deployments');
export const pods: Resource<Pod> = namespaced<Pod>('v1', 'Pod', 'pods');
export const podMonitors: Resource<PodMonitor> = namespaced<PodMonitor>(
  'monitoring.coreos.com/v1',
  'PodMonitor',
  'podmonitors',
);

/** The resource of each kind of child. */
export const childResources: Readonly<Record<ChildKind, Resource<Child>>> = {
  ServiceAccount: namespaced<ServiceAccount & Child>('v1', 'ServiceAccount', 'serviceaccounts'),
  ConfigMap: namespaced<ConfigMap & Child>('v1', 'ConfigMap', 'configmaps'),
  PodDisruptionBudget: namespaced<PodDisruptionBudget & Child>(
    'policy/v1',
    'PodDisruptionBudget',
    'poddisruptionbudgets',
  ),
  Deployment: namespaced<Deployment & Child>('apps/v1', 'Deployment', 'deployments'),
  PodMonitor: namespaced<PodMonitor & Child>('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors'),
};
