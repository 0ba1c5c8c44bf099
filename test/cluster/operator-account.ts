import { type AccessRule, operatorAccess } from '../../operator/courier/kube-permissions.ts';
import type { Cluster } from './cluster.ts';

/** A ServiceAccount that an operator runs as, with what RBAC gives it and no more. */
export type OperatorAccount = {
  /** As the audit log names it. */
  readonly user: string;
  /** The path of its kubeconfig. */
  readonly kubeconfig: string;
  /** Gives it these rights instead of those it has. */
  grant(access: readonly AccessRule[]): Promise<void>;
};

const groupPath = '/apis/rbac.authorization.k8s.io/v1';

/** Makes an account in `namespace` that may do there what `access` says; by default what the operator is documented to need. */
export async function operatorAccount(
  { controlPlane }: Cluster,
  namespace: string,
  { name = 'courier-operator', access = operatorAccess }: { name?: string; access?: readonly AccessRule[] } = {},
): Promise<OperatorAccount> {
  const { admin } = controlPlane;
  const metadata = { name };
  await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata });
  await admin.create(`${groupPath}/namespaces/${namespace}/roles`, { metadata, rules: rulesOf(access) });
  await admin.create(`${groupPath}/namespaces/${namespace}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const connection = await controlPlane.serviceAccount(namespace, name);
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    kubeconfig: await controlPlane.writeKubeconfig(`${namespace}-${name}`, connection),
    async grant(rights) {
      await admin.patch(`${groupPath}/namespaces/${namespace}/roles/${name}`, 'merge', { rules: rulesOf(rights) });
    },
  };
}

function rulesOf(access: readonly AccessRule[]): readonly object[] {
  return access.map(({ apiGroup, resource, verbs, names }) => ({
    ...{ apiGroups: [apiGroup], resources: [resource], verbs },
    ...(names === undefined ? {} : { resourceNames: names }),
  }));
}
