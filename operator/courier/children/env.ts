import type { V1EnvVar } from '@kubernetes/client-node';
import { environment } from '../../../api/environment.ts';
import { secretNamesOf } from '../../../api/secret-keys.ts';
import type { CourierWorkerEnv } from '../../../api/v1alpha1.gen.ts';
import type { Json } from '../../kube/objects.ts';
import { configDirectory, configFileName, secretsDirectory, workerPort } from '../names.ts';
import type { LiveCourier } from '../objects.ts';

export type EnvVar = Json<V1EnvVar>;

const podIp = 'POD_IP';

/** The environment of the worker's container: Courier's own variables first, then those of the Courier's author. */
export function workerEnv({ spec }: LiveCourier, exchangeTokenSha256: string): EnvVar[] {
  return [
    { name: environment.config, value: `${configDirectory}/${configFileName}` },
    { name: environment.worker, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: podIp, valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    // In brackets, so that it is an address with a port for IPv6 too. It refers to the variable before it.
    { name: environment.listen, value: `[$(${podIp})]:${workerPort.number}` },
    { name: environment.exchangeTokenSha256, value: exchangeTokenSha256 },
    ...(secretNamesOf(spec).length === 0 ? [] : [{ name: environment.secrets, value: secretsDirectory }]),
    ...(spec.worker.env ?? []).map(ownVariable),
  ];
}

function ownVariable({ name, value, valueFrom }: CourierWorkerEnv): EnvVar {
  if (valueFrom === undefined) return { name, value: value ?? '' };
  const { secretKeyRef, configMapKeyRef } = valueFrom;
  return {
    name,
    valueFrom: {
      ...(secretKeyRef === undefined ? {} : { secretKeyRef: { ...secretKeyRef } }),
      ...(configMapKeyRef === undefined ? {} : { configMapKeyRef: { ...configMapKeyRef } }),
    },
  };
}
