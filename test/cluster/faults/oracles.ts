import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child, ChildKind, Deployment, LiveCourier } from '../../../operator/courier/objects.ts';
import { planChildren } from '../../../operator/courier/plan.ts';
import { boundedReplicas } from '../../../operator/courier/replicas.ts';
import { exchangeToken, tokenSha256 } from '../../../operator/exchange/token.ts';
import type { AuditEvent } from '../audit-log.ts';
import { eventually } from '../suite.ts';
import { type Stage, times } from './stage.ts';

const collections: Readonly<Record<ChildKind, string>> = {
  ServiceAccount: 'api/v1 serviceaccounts',
  ConfigMap: 'api/v1 configmaps',
  PodDisruptionBudget: 'apis/policy/v1 poddisruptionbudgets',
  Deployment: 'apis/apps/v1 deployments',
  PodMonitor: 'apis/monitoring.coreos.com/v1 podmonitors',
};

/**
 * Oracle E: the Courier is Ready as its present spec says, and its children are what the pure plan for it says, with
 * `replicas` workers. @returns the children, by kind
 */
export async function converged(
  stage: Stage,
  replicas: number,
  name = 'orders',
  withinMs = 60_000,
): Promise<ReadonlyMap<ChildKind, Child>> {
  return await eventually(
    `${name} as planned, with ${replicas} replicas`,
    async () => {
      const courier = await stage.ready(name, withinMs);
      const { replicas: there, readyReplicas, desiredReplicas } = courier.status ?? {};
      assert.deepEqual(
        { there, readyReplicas, desiredReplicas },
        { there: replicas, readyReplicas: replicas, desiredReplicas: replicas },
      );
      const children = await planned(stage, courier, replicas);
      const live = await Promise.all(children.map((child) => liveChild(stage, child)));
      for (const [index, child] of children.entries()) contains(live[index], child, child.kind);
      return new Map(live.map((child, index) => [children[index]?.kind ?? child.kind, child]));
    },
    withinMs,
  );
}

async function planned(stage: Stage, courier: LiveCourier, replicas: number): Promise<readonly Child[]> {
  const secret = `/api/v1/namespaces/${stage.namespace}/secrets/courier-operator`;
  const { data } = await stage.admin.get<{ data: Record<string, string> }>(secret);
  const token = exchangeToken(Buffer.from(data['exchange-key'] ?? '', 'base64'), courier.metadata.uid);
  assert.equal(boundedReplicas(courier.spec, replicas), replicas);
  const context = { operatorImage: 'courier-idle:test', podMonitors: false, replicas, draining: 0 };
  return planChildren(courier, { ...context, exchangeTokenSha256: tokenSha256(token) }).children;
}

async function liveChild({ admin, namespace }: Stage, { kind, metadata }: Child): Promise<Child> {
  const [groupVersion, plural] = collections[kind].split(' ');
  return { ...(await admin.get<Child>(`/${groupVersion}/namespaces/${namespace}/${plural}/${metadata.name}`)), kind };
}

/** Fails unless `live` has everything that `wanted` has: the API server adds defaults, and the plan names none of them. */
function contains(live: unknown, wanted: unknown, path: string): void {
  if (typeof wanted !== 'object' || wanted === null) {
    assert.deepEqual(live, wanted, path);
    return;
  }
  assert.ok(typeof live === 'object' && live !== null, path);
  if (Array.isArray(wanted)) assert.equal((live as readonly unknown[]).length, wanted.length, path);
  for (const [key, value] of Object.entries(wanted)) {
    contains((live as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
}

/** What operators have asked the API server to change in a stage's namespace, and it has answered; without their lease. */
export async function writes({ cluster, namespace }: Stage): Promise<readonly AuditEvent[]> {
  const events = await cluster.controlPlane.auditEvents();
  return events.filter(
    ({ objectRef, userAgent, verb }) =>
      userAgent === 'courier-operator' &&
      objectRef?.namespace === namespace &&
      objectRef.resource !== 'leases' &&
      !['get', 'list', 'watch'].includes(verb),
  );
}

/**
 * Oracle S: in three resync periods no object gets another resource version and nothing is written, but for one thing: a
 * status whose counters or words are behind is written once, since that waits for half a minute.
 */
export async function stays(stage: Stage): Promise<void> {
  await eventually('what was decided is written', async () => {
    const last = (await writes(stage)).at(-1);
    return Date.now() - Date.parse(last?.requestReceivedTimestamp ?? '') > times.intervalSeconds * 2000;
  });
  const before = await versions(stage);
  const written = (await writes(stage)).length;
  await delay(3 * 1.1 * times.resyncSeconds * 1000);
  const later = (await writes(stage)).slice(written).map(({ verb, requestURI }) => `${verb} ${requestURI}`);
  const late = later.findIndex((write) => /\/couriers\/[^/]+\/status/.test(write));
  assert.deepEqual(later.toSpliced(late, late < 0 ? 0 : 1), []);
  assert.deepEqual(await versions(stage), before);
}

/** The resource versions of all children, and the generations of Couriers. */
async function versions(stage: Stage): Promise<Readonly<Record<string, string | undefined>>> {
  const all = ['apis/courier.dev/v1alpha1 couriers', ...Object.values(collections).slice(0, 4)];
  const lists = await Promise.all(
    all.map(async (collection) => {
      const [groupVersion = '', plural = ''] = collection.split(' ');
      const items = await stage.list<Deployment>(groupVersion, plural);
      return items.map(({ metadata: { name, generation, resourceVersion } }) => {
        return [`${plural}/${name}`, plural === 'couriers' ? String(generation) : resourceVersion];
      });
    }),
  );
  return Object.fromEntries(lists.flat());
}

/** Oracle N: what operators have made and removed, in order of names; events, of which one may be lost or told twice, apart. */
export async function madeAndRemoved(stage: Stage): Promise<readonly string[]> {
  return (await writes(stage))
    .filter(({ objectRef }) => objectRef?.resource !== 'events')
    .flatMap(({ verb, objectRef, responseStatus }) => {
      const made = responseStatus?.code === 201;
      const removed = verb === 'delete' && responseStatus?.code === 200;
      return made || removed
        ? [`${made ? 'made' : 'removed'} ${objectRef?.resource}/${objectName(verb, objectRef)}`]
        : [];
    })
    .sort();
}

/** The name of an object that is created is in the body of the request, which the audit log leaves out. */
function objectName(verb: string, ref: AuditEvent['objectRef']): string {
  return ref?.name ?? (verb === 'create' ? '' : '?');
}

/** Oracle N for one Courier whose life no fault has disturbed. */
export function undisturbed(...couriers: readonly string[]): readonly string[] {
  const children = ['configmaps', 'deployments', 'poddisruptionbudgets', 'serviceaccounts'];
  const all = couriers.flatMap((name) => children.map((plural) => `made ${plural}/courier-${name}`));
  return [...all, 'made secrets/courier-operator'].sort();
}

/** Oracle M: the numbers of workers that a Deployment asked for, in their order, with the time of each. */
export class ReplicaHistory {
  readonly steps: { readonly replicas: number; readonly timeMs: number }[] = [];
  readonly #stop = new AbortController();

  /** Follows a Deployment that is there. */
  static async of(stage: Stage, test: { after(end: () => void): void }, name?: string): Promise<ReplicaHistory> {
    const history = new ReplicaHistory();
    const { metadata, spec } = await stage.deployment(name);
    history.#add(spec?.replicas);
    test.after(() => history.#stop.abort());
    const query = { resourceVersion: metadata.resourceVersion ?? '', fieldSelector: `metadata.name=${metadata.name}` };
    void history.#follow(stage, query);
    return history;
  }

  get replicas(): readonly number[] {
    return this.steps.map(({ replicas }) => replicas);
  }

  async #follow({ admin, namespace }: Stage, query: { resourceVersion: string; fieldSelector: string }): Promise<void> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    try {
      for await (const { object } of admin.watch<Deployment>(path, query, this.#stop.signal)) {
        this.#add(object.spec?.replicas);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #add(replicas = 0): void {
    if (this.steps.at(-1)?.replicas !== replicas) this.steps.push({ replicas, timeMs: Date.now() });
  }
}
