import { stringify } from 'yaml';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import type { Child, LiveCourier } from '../../operator/courier/objects.ts';
import { type PlanContext, planChildren } from '../../operator/courier/plan.ts';
import type { KubeClient } from '../../operator/kube/client.ts';
import manifest from '../../package.json' with { type: 'json' };
import { withCluster } from '../cluster.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { asLive } from '../live-courier.ts';
import { readManifest } from '../manifest.ts';
import { type ChildChange, contextOf, inCluster, lookAt, rehearse } from './against-cluster.ts';
import { describeChanges } from './describe.ts';

/** The options of `courier plan`. */
export type PlanOptions = {
  readonly file: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly podMonitors: boolean;
  readonly diff: boolean;
  readonly exitCode: boolean;
  readonly context?: string;
  readonly json: boolean;
};

/** What the chart runs. */
const defaultImage = `ghcr.io/courier-dev/courier:${manifest.version}`;
/** Stands for what the operator alone can make. */
const unknownToken = '<the SHA-256 of the token that the operator makes>';

/** Prints what the operator would apply for each Courier; with `diff`, what of it would change in the cluster. */
export async function planCommand(options: PlanOptions): Promise<ExitCode> {
  const { couriers } = await readManifest(options.file);
  if (options.diff) return await printDiff(couriers, options);
  const children = couriers.flatMap((courier) => planned(asLive(courier), offline(courier, options)));
  if (options.json) console.log(JSON.stringify(children, undefined, 2));
  else
    console.log(
      children
        .map((child) => stringify(child, { lineWidth: 0 }))
        .join('---\n')
        .trimEnd(),
    );
  return exitCodes.ok;
}

function offline({ spec }: Courier, { image = defaultImage, replicas, podMonitors }: PlanOptions): PlanContext {
  const { minReplicas } = spec.scaling;
  return {
    operatorImage: image,
    replicas: replicas ?? minReplicas,
    draining: 0,
    podMonitors,
    exchangeTokenSha256: unknownToken,
  };
}

function planned(courier: LiveCourier, context: PlanContext): readonly Child[] {
  const { children, error } = planChildren(courier, context);
  if (error === undefined) return children;
  const { namespace, name } = courier.metadata;
  throw new CommandError(exitCodes.wrong, `${namespace}/${name}: ${error.message}`);
}

async function printDiff(couriers: readonly Courier[], options: PlanOptions): Promise<ExitCode> {
  const all = await withCluster(options.context, ({ client }) => rehearseAll(client, couriers, options));
  if (options.json) console.log(JSON.stringify(all, undefined, 2));
  else for (const { courier, children } of all) console.log(describeChanges(courier, children));
  const changed = all.some(({ children }) => children.some(({ change }) => change !== 'None'));
  return changed && options.exitCode ? exitCodes.failed : exitCodes.ok;
}

/** What would change of each Courier, by its key. */
type Rehearsal = { readonly courier: string; readonly children: readonly ChildChange[] };

async function rehearseAll(
  client: KubeClient,
  couriers: readonly Courier[],
  { image = defaultImage }: PlanOptions,
): Promise<readonly Rehearsal[]> {
  const all: Rehearsal[] = [];
  for (const courier of couriers) {
    const cluster = await lookAt(client, courier);
    const live = inCluster(courier, cluster);
    const context = contextOf(cluster, courier, image);
    const children = await Promise.all(planned(live, context).map((child) => rehearse(client, live, child)));
    all.push({ courier: `${courier.metadata.namespace}/${courier.metadata.name}`, children });
  }
  return all;
}
