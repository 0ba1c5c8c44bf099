import { createHash } from 'node:crypto';
import { serializeRestartConfig, serializeWorkerConfig, workerConfig } from '../../../api/worker-config.ts';
import { childMetadata, configFileName } from '../names.ts';
import type { Child, ConfigMap, LiveCourier } from '../objects.ts';

/** The ConfigMap with the workers' configuration file. */
export function configMap(courier: LiveCourier): Child & ConfigMap {
  const data = { [configFileName]: serializeWorkerConfig(workerConfig(courier)) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: childMetadata(courier), data };
}

/** SHA-256, in hexadecimal, of what the workers read at their start: it changes exactly when they must be restarted for it. */
export function configHash(courier: LiveCourier): string {
  return createHash('sha256')
    .update(serializeRestartConfig(workerConfig(courier)))
    .digest('hex');
}
