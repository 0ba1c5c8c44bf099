import { childMetadata, courierLabel, selectorLabels, workerPort } from '../names.ts';
import type { Child, LiveCourier, PodMonitor } from '../objects.ts';

/** How the Prometheus Operator finds the workers' metrics; only where its API exists. */
export function podMonitor(courier: LiveCourier): Child & PodMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: childMetadata(courier),
    spec: {
      selector: { matchLabels: selectorLabels(courier.metadata.name) },
      podTargetLabels: [courierLabel],
      podMetricsEndpoints: [{ port: workerPort.name, path: '/metrics' }],
    },
  };
}
