import { join } from 'node:path';
import { fileNames, kubeconfigPath } from './control-plane-files.ts';
import type { Component, Components } from './kubernetes/components.ts';
import { ServerProcess } from './server-process.ts';

/** The servers of a control plane, each of which a test may kill and start again. */
export type ControlPlaneServers = {
  readonly etcd: ServerProcess;
  readonly apiServer: ServerProcess;
  readonly controllerManager: ServerProcess;
  readonly scheduler: ServerProcess;
};

/** Ports of 127.0.0.1. */
export type Ports = { readonly apiServer: number; readonly etcdClient: number; readonly etcdPeer: number };

/** The servers, not started, with their flags. Each logs to `<component>.log` in `directory`. */
export function controlPlaneServers(
  components: Components,
  directory: string,
  ports: Ports,
  apiServerFlags: readonly string[],
): ControlPlaneServers {
  const server = (component: Component, flags: readonly string[]) =>
    new ServerProcess(component, [...components[component], ...flags], join(directory, `${component}.log`));
  const file = (name: keyof typeof fileNames) => join(directory, fileNames[name]);
  return {
    etcd: server('etcd', etcdFlags(ports, file('etcdData'))),
    apiServer: server('kube-apiserver', [...flagsOfApiServer(ports, file), ...apiServerFlags]),
    controllerManager: server('kube-controller-manager', [
      ...clientFlags(directory, 'system:kube-controller-manager'),
      '--controllers=*',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      `--root-ca-file=${file('certificate')}`,
      `--service-account-private-key-file=${file('serviceAccountPrivateKey')}`,
    ]),
    scheduler: server('kube-scheduler', clientFlags(directory, 'system:kube-scheduler')),
  };
}

/** Over TCP: over a unix socket a resource's requests can hang on thousands of objects. */
function etcdFlags(ports: Ports, data: string): readonly string[] {
  const client = `http://127.0.0.1:${ports.etcdClient}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    ...[`--data-dir=${data}`, '--unsafe-no-fsync', '--log-level=warn'],
    ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`],
  ];
}

function flagsOfApiServer(ports: Ports, file: (name: keyof typeof fileNames) => string): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcdClient}`,
    ...['--bind-address=127.0.0.1', `--secure-port=${ports.apiServer}`],
    // Endpoints of the Service `kubernetes` may not be loopback addresses: it has none.
    ...['--advertise-address=192.0.2.1', '--endpoint-reconciler-type=none', '--service-cluster-ip-range=10.0.0.0/16'],
    ...[`--tls-cert-file=${file('certificate')}`, `--tls-private-key-file=${file('privateKey')}`],
    ...['--authorization-mode=Node,RBAC', `--token-auth-file=${file('tokens')}`],
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('serviceAccountPublicKey')}`,
    `--service-account-signing-key-file=${file('serviceAccountPrivateKey')}`,
    // Never rotated within a run: the log is evidence.
    ...[`--audit-policy-file=${file('auditPolicy')}`, `--audit-log-path=${file('auditLog')}`],
    '--audit-log-maxsize=4000',
  ];
}

function clientFlags(directory: string, user: string): readonly string[] {
  return [`--kubeconfig=${kubeconfigPath(directory, user)}`, '--secure-port=0', '--leader-elect=false'];
}
