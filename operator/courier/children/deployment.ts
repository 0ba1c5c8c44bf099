import { childMetadata, selectorLabels } from '../names.ts';
import type { Child, Deployment, LiveCourier } from '../objects.ts';
import type { PlanContext } from '../plan.ts';
import { boundedReplicas } from '../replicas.ts';
import { podTemplate } from './pod-template.ts';

/**
 * The Deployment of the workers, the number of them included: whoever applies it is the only one that writes that number.
 *
 * @throws PlanError when `spec.worker.podTemplate` is no pod template.
 */
export function deployment(courier: LiveCourier, context: PlanContext): Child & Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: childMetadata(courier),
    spec: {
      replicas: boundedReplicas(courier.spec, context.replicas, context.draining),
      selector: { matchLabels: { ...selectorLabels(courier.metadata.name) } },
      // A rollout takes nothing away before something new is ready.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      revisionHistoryLimit: 3,
      template: podTemplate(courier, context),
    },
  };
}
