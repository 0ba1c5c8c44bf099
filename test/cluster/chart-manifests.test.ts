import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectsIn, prometheusApis, renderText } from '../chart/chart.ts';
import { valueSets } from '../chart/value-sets.ts';
import { chartCluster, definePrometheusKinds, restrictedNamespace } from './chart-suite.ts';
import { kubectl } from './tools.ts';

const cluster = await chartCluster();
const kubeconfig = cluster.controlPlane.kubeconfig();
const never = { 'metrics.podMonitor.create': 'Never', 'metrics.prometheusRule.create': 'Never' };

describe('what the chart renders to', () => {
  for (const monitored of [false, true]) {
    it(`is taken by the API server in every variant ${monitored ? 'with' : 'without'} the Prometheus Operator's kinds`, async (test) => {
      for (const namespace of ['courier-system', 'shop']) await restrictedNamespace(cluster, namespace);
      // A pod is taken only where its ServiceAccount is.
      for (const name of ['courier-operator', 'deployer'])
        await kubectl(['-n', 'courier-system', 'apply', '-f', '-'], { kubeconfig, input: serviceAccount(name) });
      if (monitored) await definePrometheusKinds(cluster, test);
      for (const [name, options] of Object.entries(valueSets)) {
        const values = { ...options.values, ...(monitored ? {} : never) };
        const text = await renderText({ ...options, apiVersions: monitored ? prometheusApis : [], values });
        const args = [
          'apply',
          '--server-side',
          '--dry-run=server',
          '--validate=strict',
          '--force-conflicts',
          '-f',
          '-',
        ];
        const said = await kubectl(args, { kubeconfig, input: text });
        assert.equal(said.trim().split('\n').length, objectsIn(text).length, `${name}:\n${said}`);
      }
    });
  }
});

function serviceAccount(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
}
