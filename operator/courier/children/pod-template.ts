import { drainSeconds } from '../../../api/drain-time.ts';
import { childLabels, childName, configHashAnnotation, selectorLabels, serviceAccountName } from '../names.ts';
import type { LiveCourier, PodTemplate } from '../objects.ts';
import type { PlanContext } from '../plan.ts';
import { configHash } from './config-map.ts';
import { workerContainer } from './container.ts';
import { mergePodTemplate } from './merge-pod-template.ts';
import { secretVolumes } from './secret-volumes.ts';

/** Between the end of the worker's own deadline and the kill, so that the worker says what it left behind. */
const graceMarginSeconds = 5;
/** The user and group of the distroless images that are called `nonroot`. */
const nonroot = 65532;

/**
 * The pods of a Courier, with `spec.worker.podTemplate` merged over them. The labels that they are found by, and the
 * annotation that rolls them, are put on last and cannot be overridden.
 */
export function podTemplate(courier: LiveCourier, context: PlanContext): PodTemplate {
  const { podLabels, podAnnotations, podTemplate: overlay } = courier.spec.worker;
  const made: PodTemplate = {
    metadata: { labels: { ...podLabels }, annotations: { ...podAnnotations } },
    spec: podSpec(courier, context),
  };
  const merged = overlay === undefined ? made : mergePodTemplate(made, overlay);
  return {
    ...merged,
    metadata: {
      ...merged.metadata,
      labels: { ...merged.metadata?.labels, ...childLabels(courier.metadata.name) },
      annotations: { ...merged.metadata?.annotations, [configHashAnnotation]: configHash(courier) },
    },
  };
}

function podSpec(courier: LiveCourier, context: PlanContext): NonNullable<PodTemplate['spec']> {
  const { name } = courier.metadata;
  const { nodeSelector, tolerations } = courier.spec.worker;
  return {
    serviceAccountName: serviceAccountName(courier),
    automountServiceAccountToken: false,
    // Without this a Service called "courier" would set variables such as COURIER_PORT.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: drainSeconds(courier.spec) + graceMarginSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: nonroot,
      runAsGroup: nonroot,
      fsGroup: nonroot,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [workerContainer(courier, context)],
    volumes: volumes(courier),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { ...selectorLabels(name) } },
      },
    ],
    ...(nodeSelector === undefined ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations === undefined ? {} : { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
  };
}

function volumes(courier: LiveCourier): NonNullable<PodTemplate['spec']>['volumes'] & object {
  const claim = courier.spec.audit.file?.volume?.persistentVolumeClaim;
  return [
    { name: 'config', configMap: { name: childName(courier.metadata.name) } },
    ...(claim === undefined ? [] : [{ name: 'audit', persistentVolumeClaim: { claimName: claim.claimName } }]),
    ...secretVolumes(courier).map(({ volume }) => volume),
  ];
}
