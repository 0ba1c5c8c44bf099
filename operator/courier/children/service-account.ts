import { childMetadata } from '../names.ts';
import type { Child, LiveCourier, ServiceAccount } from '../objects.ts';

/**
 * The ServiceAccount that workers run as when their Courier names none. It has no rights, and no token is mounted: a
 * worker does not talk to Kubernetes. What AWS makes of the account (IRSA, Pod Identity) has tokens of its own.
 */
export function serviceAccount(courier: LiveCourier): Child & ServiceAccount {
  const metadata = childMetadata(courier);
  const annotations = courier.spec.worker.serviceAccountAnnotations;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: annotations === undefined ? metadata : { ...metadata, annotations },
    automountServiceAccountToken: false,
  };
}
