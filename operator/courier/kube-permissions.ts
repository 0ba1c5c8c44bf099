import { operatorKeySecret } from '../exchange/operator-key.ts';
import { leaseName } from './names.ts';
import type { ChildKind } from './objects.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** One rule of a Role or ClusterRole, and what the operator does with it. */
export type AccessRule = {
  readonly apiGroup: string;
  /** With its subresource, if any: `couriers/status`. */
  readonly resource: string;
  readonly verbs: readonly Verb[];
  /** A sentence for who grants it. */
  readonly purpose: string;
  /** Granted in the operator's own namespace only; else wherever there are Couriers. */
  readonly ownNamespace?: true;
  /** Granted on the objects of these names only. A create has no name yet: it has a rule of its own. */
  readonly names?: readonly string[];
  /** Who installs the operator may keep this to himself, or to some names: Couriers that need it then say so. */
  readonly optional?: true;
};

const follow: readonly Verb[] = ['list', 'watch'];
/** A server-side apply that creates its object needs both. */
const apply: readonly Verb[] = ['create', 'patch'];

/**
 * What the operator may do with the children of each kind. Only Deployments are watched; the others are looked at by their
 * names. It deletes only what a Courier can come to do without, and leaves the rest to the garbage collector.
 */
const children: Readonly<Record<ChildKind, Omit<AccessRule, 'purpose'>>> = {
  ServiceAccount: { apiGroup: '', resource: 'serviceaccounts', verbs: ['get', ...apply, 'delete'] },
  ConfigMap: { apiGroup: '', resource: 'configmaps', verbs: ['get', ...apply] },
  PodDisruptionBudget: { apiGroup: 'policy', resource: 'poddisruptionbudgets', verbs: ['get', ...apply] },
  Deployment: { apiGroup: 'apps', resource: 'deployments', verbs: ['get', ...follow, ...apply] },
  PodMonitor: { apiGroup: 'monitoring.coreos.com', resource: 'podmonitors', verbs: ['get', ...apply] },
};

/** Everything that the operator asks of the API server. Whatever is not here, it must not need. */
export const operatorAccess: readonly AccessRule[] = [
  { apiGroup: 'courier.dev', resource: 'couriers', verbs: follow, purpose: 'Sees the Couriers.' },
  { apiGroup: 'courier.dev', resource: 'couriers/status', verbs: ['patch'], purpose: 'Says what became of them.' },
  {
    ...{ apiGroup: 'courier.dev', resource: 'couriers/finalizers', verbs: ['update'] },
    purpose: 'Makes them the owners of their children where OwnerReferencesPermissionEnforcement is on (OpenShift).',
  },
  ...Object.entries(children).map(([kind, rule]) => ({ ...rule, purpose: `Applies the ${kind} of each Courier.` })),
  {
    ...{ apiGroup: '', resource: 'pods', verbs: [...follow, 'patch'] },
    purpose:
      'Sees why workers do not run, and where to ask them how they do; notes which are the least loss to remove.',
  },
  {
    ...{ apiGroup: '', resource: 'secrets', verbs: ['get'] },
    purpose: 'Reads the AWS credentials that a Courier names in spec.aws.credentialsSecretRef, and no other Secret.',
    optional: true,
  },
  { apiGroup: 'events.k8s.io', resource: 'events', verbs: ['create', 'patch'], purpose: 'Tells what happened.' },
  {
    ...{ apiGroup: 'coordination.k8s.io', resource: 'leases', verbs: ['create'], ownNamespace: true },
    purpose: 'Makes the lease that its replicas agree by on who leads.',
  },
  {
    ...{ apiGroup: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'update'], ownNamespace: true },
    names: [leaseName],
    purpose: 'Takes, renews and leaves that lease.',
  },
  {
    ...{ apiGroup: '', resource: 'secrets', verbs: ['create'], ownNamespace: true },
    purpose: 'Makes the key that the tokens of the exchange are made with.',
  },
  {
    ...{ apiGroup: '', resource: 'secrets', verbs: ['get'], ownNamespace: true },
    names: [operatorKeySecret.name],
    purpose: 'Reads that key.',
  },
];
