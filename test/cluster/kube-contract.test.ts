import { randomUUID } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeClient } from '../../operator/kube/client.ts';
import { describeContract } from '../support/kube/contract.ts';
import { sharedCluster } from './suite.ts';

const { controlPlane } = await sharedCluster();

describeContract('a real one', async () => {
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  await controlPlane.createNamespace(namespace);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfig());
  const client = KubeClient.connect(kubeConfig, { userAgent: 'kube-contract' });
  return {
    client,
    namespace,
    /** A server that has just started knows no changes from before. */
    async forget() {
      await controlPlane.apiServer.kill();
      await controlPlane.apiServer.start();
      await controlPlane.ready();
    },
    async close() {
      await client.close();
      await controlPlane.admin.delete(`/api/v1/namespaces/${namespace}`);
    },
  };
});
