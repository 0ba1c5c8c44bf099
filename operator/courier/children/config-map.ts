import { createHash } from 'node:crypto';
import { serializeWorkerConfig, workerConfig } from '../../../api/worker-config.ts';
import { childMetadata, configFileName } from '../names.ts';
import type { Child, ConfigMap, LiveCourier } from '../objects.ts';

/** The ConfigMap with the workers' configuration file. */
export function configMap(courier: LiveCourier): Child & ConfigMap {
  const data = { [configFileName]: configText(courier) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: childMetadata(courier), data };
}

/** SHA-256, in hexadecimal, of what the workers read: it changes exactly when they must be restarted for it. */
export function configHash(courier: LiveCourier): string {
  return createHash('sha256').update(configText(courier)).digest('hex');
}

function configText(courier: LiveCourier): string {
  return serializeWorkerConfig(workerConfig(courier));
}
