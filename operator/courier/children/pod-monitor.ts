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
      podMetricsEndpoints: [
        {
          port: workerPort.name,
          path: '/metrics',
          // The label by which the operator's own metrics name a Courier.
          relabelings: [
            { sourceLabels: [`__meta_kubernetes_pod_label_${metaName(courierLabel)}`], targetLabel: 'courier' },
          ],
        },
      ],
    },
  };
}

/** A label of Kubernetes as Prometheus's service discovery names it. */
function metaName(label: string): string {
  return label.replaceAll(/[^A-Za-z0-9_]/g, '_');
}
