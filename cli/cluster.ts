import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../operator/kube/client.ts';
import { KubeError } from '../operator/kube/errors.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/** A cluster as a person reaches it. */
export type ClusterConnection = {
  readonly client: KubeClient;
  /** The namespace of the kubeconfig's context, or `default`. */
  readonly namespace: string;
};

/**
 * Does something with the cluster that kubectl would talk to.
 * @param context one of the kubeconfig; undefined: the current one.
 * @throws CommandError when there is no such context, or none at all, and with what the API server refuses.
 */
export async function withCluster<T>(
  context: string | undefined,
  use: (cluster: ClusterConnection) => Promise<T>,
): Promise<T> {
  const kubeConfig = loadKubeConfig(context);
  const client = KubeClient.connect(kubeConfig, { userAgent: 'courier-cli' });
  const current = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  try {
    return await use({ client, namespace: current?.namespace ?? 'default' });
  } catch (error) {
    if (error instanceof KubeError) throw new CommandError(exitCodes.failed, `${error.message}.`, { cause: error });
    throw error;
  } finally {
    await client.close();
  }
}

function loadKubeConfig(context: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    kubeConfig.loadFromDefault();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(exitCodes.wrong, `The kubeconfig cannot be read: ${why}. Correct KUBECONFIG.`);
  }
  // What client-node makes of having found nothing.
  if (kubeConfig.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw new CommandError(exitCodes.wrong, 'There is no kubeconfig: set KUBECONFIG, or write ~/.kube/config.');
  }
  if (context === undefined) return kubeConfig;
  const names = kubeConfig.getContexts().map((known) => known.name);
  if (!names.includes(context)) {
    throw new CommandError(
      exitCodes.wrong,
      `The kubeconfig has no context "${context}". Name one of ${names.join(', ') || 'none: it is empty'}.`,
    );
  }
  kubeConfig.setCurrentContext(context);
  return kubeConfig;
}
