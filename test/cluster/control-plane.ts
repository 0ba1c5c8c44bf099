import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { freePorts } from '../support/free-ports.ts';
import { ApiClient } from './api-client.ts';
import { type AuditEvent, readAuditLog } from './audit-log.ts';
import { type Connection, writeKubeconfig } from './connection.ts';
import {
  type ControlPlaneFiles,
  fileNames,
  kubeconfigPath,
  type User,
  writeControlPlaneFiles,
} from './control-plane-files.ts';
import { type ControlPlaneServers, controlPlaneServers } from './control-plane-servers.ts';
import { findComponents } from './kubernetes/components.ts';
import type { ServerProcess } from './server-process.ts';

/** What a control plane starts with. */
export type ControlPlaneOptions = {
  /** Where data and logs go and stay; without it, a temporary directory that goes when the control plane stops. */
  readonly directory?: string;
  /** Whom the API server knows by a token, besides `admin` and the components. */
  readonly users?: readonly User[];
  /** Names of the nodes that kubelets will register: each is a user `system:node:<name>`. */
  readonly nodes?: readonly string[];
  /**
   * Files with CustomResourceDefinitions, applied before the controller manager starts: its garbage collector looks for
   * new kinds only every 30 s.
   */
  readonly crds?: readonly string[];
  /** Further flags of the API server, such as `--goaway-chance=0.02`. */
  readonly apiServerFlags?: readonly string[];
};

/** Servers of a Kubernetes control plane on this machine, RBAC and service accounts included. */
export class ControlPlane implements ControlPlaneServers {
  readonly etcd: ServerProcess;
  readonly apiServer: ServerProcess;
  readonly controllerManager: ServerProcess;
  readonly scheduler: ServerProcess;
  /** `https://127.0.0.1:20443` */
  readonly server: string;
  readonly directory: string;
  /** A client in the group `system:masters`, which may do everything. */
  readonly admin: ApiClient;
  readonly #files: ControlPlaneFiles;
  readonly #temporary: boolean;
  readonly #removeDirectory = () => rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });

  constructor(servers: ControlPlaneServers, server: string, files: ControlPlaneFiles, temporary: boolean) {
    this.etcd = servers.etcd;
    this.apiServer = servers.apiServer;
    this.controllerManager = servers.controllerManager;
    this.scheduler = servers.scheduler;
    this.server = server;
    this.directory = files.directory;
    this.#files = files;
    this.#temporary = temporary;
    if (temporary) process.once('exit', this.#removeDirectory);
    this.admin = new ApiClient(this.connection('admin'));
  }

  /** @throws Error for a user that was not given at the start. */
  connection(user: string): Connection {
    const token = this.#files.tokens.get(user);
    if (token === undefined) throw new Error(`the API server has no user ${user}: name it in the option \`users\``);
    return { server: this.server, ca: this.#files.ca, token };
  }

  /** The path of a user's kubeconfig. */
  kubeconfig(user = 'admin'): string {
    return kubeconfigPath(this.directory, user);
  }

  /** A connection as a service account that exists, for `seconds`: with what RBAC gives it and no more. */
  async serviceAccount(namespace: string, name: string, seconds = 3600): Promise<Connection> {
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: seconds },
    };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const { status } = await this.admin.create<{ status: { token: string } }>(path, request);
    return { ...this.connection('admin'), token: status.token };
  }

  /** Writes a kubeconfig for a connection, such as a service account's or one through a proxy. @returns its path. */
  async writeKubeconfig(name: string, connection: Connection): Promise<string> {
    const path = kubeconfigPath(this.directory, name);
    await writeKubeconfig(path, connection);
    return path;
  }

  /** Every request that the API server has answered, or those of one user. */
  auditEvents(user?: string): Promise<readonly AuditEvent[]> {
    const including = user === undefined ? '' : `"username":${JSON.stringify(user)}`;
    return readAuditLog(join(this.directory, fileNames.auditLog), including);
  }

  /** Makes a namespace and waits until pods can be created in it. */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    await this.#untilReadyForPods(name);
  }

  /** Waits until the API server answers; for instance after it was started again. */
  async ready(): Promise<void> {
    await this.#until('the API server is ready', async () => {
      await this.etcd.assertRunning();
      await this.apiServer.assertRunning();
      return answers(this.admin);
    });
  }

  /** Starts what remains when etcd and the API server run. */
  async startControllers(crds: readonly string[]): Promise<void> {
    await this.ready();
    for (const crd of crds) await this.#define(crd);
    await this.controllerManager.start();
    await this.scheduler.start();
    await this.#untilReadyForPods('default');
  }

  /** Ends all servers, the API server before what it stands on. */
  async stop(): Promise<void> {
    await this.admin.close();
    for (const server of [this.controllerManager, this.scheduler, this.apiServer, this.etcd]) server.signal('SIGCONT');
    await Promise.all([this.controllerManager.stop(), this.scheduler.stop()]);
    // Its orderly end waits for watches to close: nothing here needs that.
    await this.apiServer.kill();
    await this.etcd.kill();
    if (!this.#temporary) return;
    process.off('exit', this.#removeDirectory);
    this.#removeDirectory();
  }

  /** Applies the CustomResourceDefinition of a file and waits until the API server serves it. */
  async #define(file: string): Promise<void> {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const definition = parse(await readFile(file, 'utf8'));
    const { metadata } = await this.admin.create<Definition>(definitions, definition);
    await this.#until(`${file} is served`, async () => {
      const { status } = await this.admin.get<Definition>(`${definitions}/${metadata.name}`);
      return status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;
    });
  }

  /** The ServiceAccount admission plug-in refuses pods before both are there. */
  async #untilReadyForPods(namespace: string): Promise<void> {
    await this.#until(`namespace ${namespace} is ready for pods`, async () => {
      await this.controllerManager.assertRunning();
      const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      const authority = `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`;
      return (await isThere(this.admin, account)) && (await isThere(this.admin, authority));
    });
  }

  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(20)) {
      if (await condition()) return;
    }
    throw new Error(`not within a minute: ${what}; the logs are in ${this.directory}`);
  }
}

type Definition = {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};

/** Starts a control plane, built first when it is not in the cache. About four seconds. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const components = await findComponents();
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'courier-cluster-')));
  const [apiServer = 0, etcdClient = 0, etcdPeer = 0] = await freePorts(3);
  const ports = { apiServer, etcdClient, etcdPeer };
  const server = `https://127.0.0.1:${apiServer}`;
  const files = await writeControlPlaneFiles(directory, server, allUsers(options));
  const servers = controlPlaneServers(components, directory, ports, options.apiServerFlags ?? []);
  const controlPlane = new ControlPlane(servers, server, files, options.directory === undefined);
  try {
    await controlPlane.etcd.start();
    await controlPlane.apiServer.start();
    await controlPlane.startControllers(options.crds ?? []);
    return controlPlane;
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

/**
 * The components are administrators here, each by its own name, so that the audit log tells them apart. A node may do what
 * the Node authorizer grants: read what its pods refer to, write their status.
 */
function allUsers({ users = [], nodes = [] }: ControlPlaneOptions): readonly User[] {
  const masters = ['admin', 'system:kube-controller-manager', 'system:kube-scheduler'];
  return [
    ...masters.map((name) => ({ name, groups: ['system:masters'] })),
    ...nodes.map((name) => ({ name: `system:node:${name}`, groups: ['system:nodes'] })),
    ...users,
  ];
}

async function answers(client: ApiClient): Promise<boolean> {
  try {
    await client.text('/readyz');
    return true;
  } catch {
    return false;
  }
}

async function isThere(client: ApiClient, path: string): Promise<boolean> {
  return (await client.find(path)) !== undefined;
}
