import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '../../api/clock.ts';
import type { LiveCourier } from '../../operator/courier/objects.ts';
import { couriers } from '../../operator/courier/resources.ts';
import { KubeClient } from '../../operator/kube/client.ts';
import { KubeError } from '../../operator/kube/errors.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { describeScaling, scalingJson } from './report.ts';

/** The options of `courier explain`. */
export type ExplainOptions = {
  /** Default: that of the context, else `default`. */
  readonly namespace?: string;
  /** A context of the kubeconfig; default: the current one. */
  readonly context?: string;
  readonly json: boolean;
};

/** Prints why a Courier has as many workers as it has, and the last decisions, from its status. */
export async function explainCommand(name: string, options: ExplainOptions): Promise<number> {
  const kubeConfig = loadKubeConfig(options.context);
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
  const namespace = options.namespace ?? context?.namespace ?? 'default';
  const courier = await readCourier(kubeConfig, namespace, name);
  console.log(options.json ? scalingJson(courier) : describeScaling(courier));
  return exitCodes.ok;
}

/** @throws CommandError when there is no such context, or none at all. */
function loadKubeConfig(context: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    kubeConfig.loadFromDefault();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(exitCodes.wrong, `The kubeconfig cannot be read: ${why}. Correct KUBECONFIG.`);
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

async function readCourier(kubeConfig: KubeConfig, namespace: string, name: string): Promise<LiveCourier> {
  const client = KubeClient.connect(kubeConfig, { userAgent: 'courier-explain', clock: systemClock });
  try {
    return await client.get(couriers, { namespace, name });
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const remedy = error.isNotFound
      ? `There is no Courier ${name} in the namespace ${namespace}. Correct the name, or name its namespace with -n.`
      : `The Courier ${namespace}/${name} cannot be read: ${error.message}.`;
    throw new CommandError(exitCodes.failed, remedy, { cause: error });
  } finally {
    await client.close();
  }
}
