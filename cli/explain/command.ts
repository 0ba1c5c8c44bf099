import type { LiveCourier } from '../../operator/courier/objects.ts';
import { couriers } from '../../operator/courier/resources.ts';
import type { KubeClient } from '../../operator/kube/client.ts';
import { withCluster } from '../cluster.ts';
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
  const courier = await withCluster(options.context, ({ client, namespace }) =>
    readCourier(client, options.namespace ?? namespace, name),
  );
  console.log(options.json ? scalingJson(courier) : describeScaling(courier));
  return exitCodes.ok;
}

async function readCourier(client: KubeClient, namespace: string, name: string): Promise<LiveCourier> {
  const courier = await client.find(couriers, { namespace, name });
  if (courier !== undefined) return courier;
  throw new CommandError(
    exitCodes.failed,
    `There is no Courier ${name} in the namespace ${namespace}. Correct the name, or name its namespace with -n.`,
  );
}
