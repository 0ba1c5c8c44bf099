import { setTimeout as delay } from 'node:timers/promises';
import type { CourierStatus, CourierStatusCondition } from '../../api/v1alpha1.gen.ts';
import { courierWith } from '../api/manifests.ts';
import type { AuditEvent } from './audit-log.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './suite.ts';

/** A Courier as these tests read it. */
export type SeenCourier = {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly status?: CourierStatus;
};

/** What the Couriers of a test have in common, and what is done with them. */
export class Couriers {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #endpoint: string;

  constructor(cluster: Cluster, namespace: string, endpoint: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#endpoint = endpoint;
  }

  /** A manifest whose queue is `queueUrl`, with fields by their paths. Its workers would find AWS's keys in the environment. */
  manifest(name: string, queueUrl: string, fields: Readonly<Record<string, unknown>> = {}): object {
    return courierWith({
      'metadata.name': name,
      'spec.queue': { url: queueUrl, region: 'us-east-1', endpoint: this.#endpoint, waitTimeSeconds: 1 },
      'spec.recipient.url': 'http://127.0.0.1:9/',
      'spec.audit': { none: {} },
      'spec.worker.env': [
        { name: 'AWS_ACCESS_KEY_ID', value: 'embedded' },
        { name: 'AWS_SECRET_ACCESS_KEY', value: 'embedded' },
      ],
      ...fields,
    });
  }

  async create(manifest: object): Promise<void> {
    await this.#cluster.controlPlane.admin.create(this.#path(), manifest);
  }

  /** Changes a Courier by a merge patch. @throws ApiError when it is refused, also for a field that does not exist. */
  async change(name: string, patch: object): Promise<SeenCourier> {
    const strictly = { fieldValidation: 'Strict' };
    return await this.#cluster.controlPlane.admin.patch(this.#path(name), 'merge', patch, strictly);
  }

  async get(name: string): Promise<SeenCourier> {
    return await this.#cluster.controlPlane.admin.get(this.#path(name));
  }

  async list(): Promise<readonly SeenCourier[]> {
    const { items } = await this.#cluster.controlPlane.admin.get<{ items: SeenCourier[] }>(this.#path());
    return items;
  }

  /** An object of the namespace, such as `/apis/apps/v1`, `deployments/courier-orders`; undefined where there is none. */
  async child<T>(group: string, path: string): Promise<T | undefined> {
    return await this.#cluster.controlPlane.admin.find<T>(`${group}/namespaces/${this.#namespace}/${path}`);
  }

  /** Waits until a condition of a Courier has a status and a reason, for its present spec. @returns it. */
  async condition(name: string, type: string, expected: string, withinMs?: number): Promise<CourierStatusCondition> {
    let last: unknown;
    try {
      return await eventually(
        `${type}=${expected} of ${name}`,
        async () => {
          const { metadata, status } = await this.get(name);
          const found = status?.conditions?.find((condition) => condition.type === type);
          last = status?.conditions;
          const fits =
            found?.observedGeneration === metadata.generation && `${found.status}/${found.reason}` === expected;
          return fits ? found : undefined;
        },
        withinMs,
      );
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  #path(name?: string): string {
    const collection = `/apis/courier.dev/v1alpha1/namespaces/${this.#namespace}/couriers`;
    return name === undefined ? collection : `${collection}/${name}`;
  }
}

/** What the operator finds in its environment where it runs as no pod with an identity of its own. */
export const awsKeys = { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' } as const;

const writeVerbs: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** Whether a request of the audit log would change something of a Courier: leases are the operator's own. */
export function isWrite({ verb, objectRef }: AuditEvent): boolean {
  return writeVerbs.has(verb) && objectRef?.resource !== 'leases';
}

/** What an audit log says of a request, in short. */
export function inShort({ verb, objectRef, responseStatus }: AuditEvent): string {
  const { resource = '', subresource, name = '' } = objectRef ?? {};
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name} ${responseStatus?.code}`;
}

/** Every write of a user. */
export async function writesOf({ controlPlane }: Cluster, user: string): Promise<readonly AuditEvent[]> {
  return (await controlPlane.auditEvents(user)).filter(isWrite);
}

/** Waits until a user has written nothing for `quietMs`. @returns its writes so far. */
export async function quiet(cluster: Cluster, user: string, quietMs = 2_000): Promise<readonly AuditEvent[]> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; ) {
    const before = await writesOf(cluster, user);
    await delay(quietMs);
    const after = await writesOf(cluster, user);
    if (after.length === before.length) return after;
  }
  throw new Error(`${user} never stopped writing`);
}

/** Calls `run` for 0 to `count` - 1, `parallel` at a time. */
export async function inParallel(
  count: number,
  parallel: number,
  run: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}
