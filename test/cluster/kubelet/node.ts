import { sleep, systemClock } from '../../../api/clock.ts';
import { type ApiClient, isNotFound } from '../api-client.ts';
import type { Log } from './log.ts';
import { microseconds, wholeSeconds } from './timestamps.ts';

/** As the real kubelet: a quarter of the lease's duration. */
const renewEveryMs = 10_000;
const leaseDurationSeconds = 40;

/** Makes the node, or takes the one of its name, and declares it ready. */
export async function registerNode(client: ApiClient, name: string, hostIP: string): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
  if ((await client.find(`/api/v1/nodes/${name}`)) === undefined) await client.create('/api/v1/nodes', node);
  await client.patch(`/api/v1/nodes/${name}/status`, 'strategic-merge', { status: nodeStatus(name, hostIP) });
}

/** Enough for any test: what runs is bounded by this machine, not by the scheduler's sums. */
const capacity = { cpu: '1000', memory: '4Ti', pods: '10000', 'ephemeral-storage': '4Ti' };

function nodeStatus(name: string, hostIP: string) {
  const now = wholeSeconds(new Date());
  const condition = (type: string, status: string, reason: string, message: string) => {
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now };
  };
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address: hostIP },
      { type: 'Hostname', address: name },
    ],
    conditions: [
      condition('Ready', 'True', 'KubeletReady', 'this kubelet runs pods as local processes'),
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'not measured'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'not measured'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'not measured'),
    ],
    nodeInfo: {
      architecture: 'amd64',
      operatingSystem: 'linux',
      osImage: 'none',
      kernelVersion: '',
      machineID: '',
      systemUUID: '',
      bootID: '',
      containerRuntimeVersion: 'process://1',
      kubeletVersion: 'v1.37.2',
      kubeProxyVersion: '',
    },
  };
}

/** Renews the node's Lease, by which the control plane knows that the node lives, until `signal` aborts. */
export async function keepLease(client: ApiClient, name: string, log: Log, signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await sleep(systemClock, renewEveryMs, signal)) {
    try {
      await renewLease(client, name, signal);
    } catch (error) {
      if (!signal.aborted) log(`lease of node ${name}: ${error}`);
    }
  }
}

async function renewLease(client: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const spec = { holderIdentity: name, leaseDurationSeconds, renewTime: microseconds(new Date()) };
  try {
    await client.patch(`${leases}/${name}`, 'merge', { spec }, undefined, signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec };
    await client.create(leases, lease, signal);
  }
}
