import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Cluster } from './cluster.ts';
import type { Condition, Container, ContainerStatus, Pod, PodSpec } from './kubelet/objects.ts';
import { podManifest } from './manifests.ts';
import { eventually, testNamespace } from './suite.ts';

/** How the program `subject` says that it answers. */
export const readinessProbe = { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 };

/** The pods of one test, in a namespace of its own. */
export class TestPods {
  readonly namespace: string;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, namespace: string) {
    this.#cluster = cluster;
    this.namespace = namespace;
  }

  /** Makes the namespace. */
  static async in(cluster: Cluster, test: TestContext): Promise<TestPods> {
    return new TestPods(cluster, await testNamespace(cluster, test));
  }

  /** Makes a pod of one container. */
  create(container: Container, spec: Partial<PodSpec> = {}, name = 'pod'): Promise<Pod> {
    return this.#admin.create(`/api/v1/namespaces/${this.namespace}/pods`, podManifest(name, container, spec));
  }

  /** Makes a pod and waits until it answers. */
  async running(container: Container, spec: Partial<PodSpec> = {}): Promise<Pod> {
    await this.create({ readinessProbe, ...container }, spec);
    await this.containerWhere(({ ready }) => ready);
    return this.get();
  }

  /** The path of a pod in the API. */
  path(name = 'pod'): string {
    return `/api/v1/namespaces/${this.namespace}/pods/${name}`;
  }

  get(name?: string): Promise<Pod> {
    return this.#admin.get<Pod>(this.path(name));
  }

  async list(): Promise<readonly Pod[]> {
    const { items } = await this.#admin.get<{ items: readonly Pod[] }>(`/api/v1/namespaces/${this.namespace}/pods`);
    return items;
  }

  /** @param options DeleteOptions. */
  delete(options: object = {}): Promise<unknown> {
    return this.#admin.delete(this.path(), options);
  }

  /** Waits until the status of the pod's container is as wanted. */
  containerWhere(wanted: (status: ContainerStatus) => boolean): Promise<ContainerStatus> {
    return eventually(`container where ${wanted}`, async () => {
      const [status] = (await this.get()).status?.containerStatuses ?? [];
      return status !== undefined && wanted(status) && status;
    });
  }

  async condition(type: string): Promise<Condition | undefined> {
    return (await this.get()).status?.conditions?.find((condition) => condition.type === type);
  }

  /** The process and the log of the only container that runs. */
  process(): { readonly pid: number; readonly logFile: string } {
    const [pod, ...others] = this.#cluster.pods(this.namespace);
    const { pid, logFile } = pod?.containers[0] ?? {};
    assert.ok(pid !== undefined && logFile !== undefined && others.length === 0);
    return { pid, logFile };
  }

  createConfigMap(name: string, data: Readonly<Record<string, string>>): Promise<unknown> {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
    return this.#admin.create(`/api/v1/namespaces/${this.namespace}/configmaps`, object);
  }

  createSecret(name: string, stringData: Readonly<Record<string, string>>): Promise<unknown> {
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
    return this.#admin.create(`/api/v1/namespaces/${this.namespace}/secrets`, object);
  }

  get #admin() {
    return this.#cluster.controlPlane.admin;
  }
}

/** What the program `subject` in `pod` answers. */
export async function ask(pod: Pod, path: string): Promise<string> {
  const answer = await fetch(`http://${pod.status?.podIP}:8080${path}`);
  assert.equal(answer.ok, true, `${path} answered ${answer.status}`);
  return answer.text();
}

/** What a file holds, as the program `subject` in `pod` sees it. */
export function fileIn(pod: Pod, path: string): Promise<string> {
  return ask(pod, `/file?path=${path}`);
}

/** The variables of the program `subject` in `pod`. */
export async function environmentOf(pod: Pod): Promise<Readonly<Record<string, string | undefined>>> {
  return JSON.parse(await ask(pod, '/environment'));
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
