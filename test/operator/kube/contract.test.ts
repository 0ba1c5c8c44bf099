import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../../../operator/kube/client.ts';
import { events } from '../../../operator/kube/event-series.ts';
import { leases } from '../../../operator/kube/lease.ts';
import { describeContract } from '../../support/kube/contract.ts';
import { listen } from '../../support/kube/http-front.ts';
import { configMaps, podDisruptionBudgets } from '../../support/kube/kinds.ts';
import { MemoryServer } from '../../support/kube/memory-server.ts';
import { MemoryTransport } from '../../support/kube/memory-transport.ts';

function memoryServer(): MemoryServer {
  return new MemoryServer([
    [configMaps, 'no status'],
    [podDisruptionBudgets, 'status'],
    [leases, 'no status'],
    [events, 'no status'],
  ]);
}

describeContract('in memory', async () => {
  const memory = memoryServer();
  const client = new KubeClient({ transport: new MemoryTransport(memory) });
  return { client, namespace: 'test', forget: async () => memory.compact(), close: () => client.close() };
});

describeContract('in memory, over HTTP', async () => {
  const memory = memoryServer();
  const front = await listen(memory);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser({ name: 'memory', server: front.url, skipTLSVerify: true }, { name: 'tester' });
  const client = KubeClient.connect(kubeConfig, { userAgent: 'contract' });
  return {
    client,
    namespace: 'test',
    forget: async () => memory.compact(),
    async close() {
      await client.close();
      await front.close();
    },
  };
});
