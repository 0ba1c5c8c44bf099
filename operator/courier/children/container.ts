import type { V1Container } from '@kubernetes/client-node';
import type { Json } from '../../kube/objects.ts';
import { configDirectory, workerContainerName, workerPort } from '../names.ts';
import type { LiveCourier } from '../objects.ts';
import type { PlanContext } from '../plan.ts';
import { workerEnv } from './env.ts';
import { secretVolumes } from './secret-volumes.ts';

export type Container = Json<V1Container>;

/**
 * What a worker asks of its node unless its Courier says otherwise. No CPU limit: it would make deliveries wait for the
 * next period of the scheduler although the CPU is idle.
 */
const defaultResources = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { memory: '512Mi' },
};

/** The worker's container. */
export function workerContainer(courier: LiveCourier, context: PlanContext): Container {
  const { worker } = courier.spec;
  return {
    name: workerContainerName,
    image: worker.image ?? context.operatorImage,
    args: ['worker'],
    env: workerEnv(courier, context.exchangeTokenSha256),
    ports: [{ name: workerPort.name, containerPort: workerPort.number, protocol: 'TCP' }],
    resources: resources(courier),
    ...probes(),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: volumeMounts(courier),
  };
}

function resources({ spec }: LiveCourier): Container['resources'] & object {
  const { requests, limits } = spec.worker.resources ?? defaultResources;
  return {
    ...(requests === undefined ? {} : { requests: asText(requests) }),
    ...(limits === undefined ? {} : { limits: asText(limits) }),
  };
}

/** A quantity may be written as a number, and the API server gives it back as text. */
function asText(quantities: Readonly<Record<string, number | string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, String(quantity)]));
}

/**
 * A worker has a minute to listen at all. From then on it is alive while it makes progress and ready once it has seen the
 * queue; a queue that cannot be seen is no reason to restart it.
 */
function probes(): Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> {
  const get = (path: string) => ({ httpGet: { path, port: workerPort.name } });
  return {
    startupProbe: { ...get('/livez'), periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...get('/livez'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...get('/readyz'), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
  };
}

function volumeMounts(courier: LiveCourier): Container['volumeMounts'] & object {
  const { file } = courier.spec.audit;
  return [
    { name: 'config', mountPath: configDirectory, readOnly: true },
    ...(file?.volume === undefined ? [] : [{ name: 'audit', mountPath: file.directory }]),
    ...secretVolumes(courier).map(({ mount }) => mount),
  ];
}
