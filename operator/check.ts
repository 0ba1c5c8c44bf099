import { type Clock, sleep } from '../api/clock.ts';
import { courierSchema } from '../api/crd.gen.ts';
import type { OperatorConfig } from './config.ts';
import { type AccessRule, operatorAccess } from './courier/kube-permissions.ts';
import { missingFields } from './courier/missing-fields.ts';
import { leaseName } from './courier/names.ts';
import { couriers } from './courier/resources.ts';
import type { KubeClient } from './kube/client.ts';
import { isRecord, KubeError } from './kube/errors.ts';
import { leases } from './kube/lease.ts';

/** Something that the operator needs of its cluster. */
export type Finding = {
  /** `absent` is what Couriers can do without. */
  readonly outcome: 'ok' | 'absent' | 'missing';
  readonly sentence: string;
};

export type CheckOptions = {
  readonly client: Pick<KubeClient, 'find' | 'may' | 'schema'>;
  readonly config: Pick<OperatorConfig, 'namespace' | 'watchNamespace' | 'leaseMs'>;
  readonly clock: Clock;
};

/** How often something is looked at that may come by itself: a renewed lease, a schema. */
const lookMs = 1_000;
/** How long the API server may take to publish a schema that it serves. */
const publicationMs = 10_000;

/**
 * Looks for everything that the operator needs in its cluster, as the identity of `client`.
 *
 * @throws KubeError when the API server cannot be asked.
 */
export async function checkCluster(options: CheckOptions, signal?: AbortSignal): Promise<readonly Finding[]> {
  const { client, config } = options;
  const rights = operatorAccess.map((rule) => checkRule(client, config, rule, signal));
  return [await checkSchema(options, signal), ...(await Promise.all(rights)), await checkLeader(options, signal)];
}

/** Whether the cluster knows Couriers as this version does. What it knows is published some seconds after it is applied. */
async function checkSchema({ client, clock }: CheckOptions, signal: AbortSignal | undefined): Promise<Finding> {
  for (let waitedMs = 0; ; waitedMs += lookMs) {
    const isLast = waitedMs >= publicationMs || signal?.aborted === true;
    try {
      const finding = schemaFinding(await client.schema(couriers, signal));
      if (finding.outcome === 'ok' || isLast) return finding;
    } catch (error) {
      if (isLast || !(error instanceof KubeError && error.isRetryable)) throw error;
    }
    await sleep(clock, lookMs, signal);
  }
}

function schemaFinding(published: unknown): Finding {
  const remedy = 'Apply crds/courier.dev_couriers.yaml.';
  if (!isRecord(published)) return { outcome: 'missing', sentence: `The cluster does not know Couriers. ${remedy}` };
  const missing = missingFields(courierSchema, published);
  if (missing.length === 0) return { outcome: 'ok', sentence: 'The cluster knows Couriers as this version does.' };
  const fields = `${missing.slice(0, 3).join(', ')}${missing.length > 3 ? `, and ${missing.length - 3} more` : ''}`;
  return { outcome: 'missing', sentence: `The cluster knows an older Courier, without ${fields}. ${remedy}` };
}

async function checkRule(
  client: CheckOptions['client'],
  config: CheckOptions['config'],
  { apiGroup: group, resource, verbs, names, purpose, ownNamespace, optional }: AccessRule,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  const namespace = ownNamespace ? config.namespace : config.watchNamespace;
  const target = { ...(namespace === undefined ? {} : { namespace }), ...(names?.[0] ? { name: names[0] } : {}) };
  const allowed = await Promise.all(verbs.map((verb) => client.may({ verb, group, resource, ...target }, signal)));
  const denied = verbs.filter((_, index) => !allowed[index]);
  if (denied.length === 0) return { outcome: 'ok', sentence: purpose };
  const where = namespace === undefined ? 'in all namespaces' : `in ${namespace}`;
  const what = `${denied.join(', ')} ${resource}${group === '' ? '' : `.${group}`} ${where}`;
  return { outcome: optional ? 'absent' : 'missing', sentence: `${purpose} It may not ${what}.` };
}

/** Whether a lease is renewed while we look: the clocks of others are not compared with ours. */
async function checkLeader({ client, config, clock }: CheckOptions, signal: AbortSignal | undefined): Promise<Finding> {
  const ref = { namespace: config.namespace, name: leaseName };
  const first = await lease(client, ref, signal);
  for (let waitedMs = 0; waitedMs < 2 * config.leaseMs && !signal?.aborted; waitedMs += lookMs) {
    await sleep(clock, lookMs, signal);
    const now = await lease(client, ref, signal);
    const holder = now?.spec?.holderIdentity;
    if (holder && now?.spec?.renewTime !== first?.spec?.renewTime)
      return { outcome: 'ok', sentence: `${holder.split('_')[0]} leads.` };
  }
  const sentence = `No operator has renewed the lease ${ref.namespace}/${ref.name} for ${(2 * config.leaseMs) / 1000} s: see the operator's log.`;
  return { outcome: 'missing', sentence };
}

async function lease(client: CheckOptions['client'], ref: { namespace: string; name: string }, signal?: AbortSignal) {
  try {
    return await client.find(leases, ref, signal);
  } catch (error) {
    if (error instanceof KubeError && error.isForbidden) return undefined;
    throw error;
  }
}
