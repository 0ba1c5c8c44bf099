import { prometheusApis, type RenderOptions } from './chart.ts';

/** Ways to install the chart, each of which must render to objects that the API server takes. */
export const valueSets: Readonly<Record<string, RenderOptions>> = {
  'the defaults': {},
  'the defaults, beside the Prometheus Operator': { apiVersions: prometheusApis },
  'one namespace': { values: { watchNamespace: 'shop' } },
  'one namespace, without anything of the cluster': {
    values: { watchNamespace: 'shop', 'crds.install': false, 'rbac.aggregate': false },
  },
  'its own namespace': { values: { watchNamespace: 'courier-system' } },
  'one replica': { values: { replicas: 1 } },
  'RBAC and ServiceAccount of somebody else': {
    values: { 'rbac.create': false, 'serviceAccount.create': false, 'serviceAccount.name': 'deployer' },
  },
  'no Secrets': { values: { 'rbac.credentialSecrets.read': false } },
  'few Secrets': { values: { 'rbac.credentialSecrets.names': ['aws', 'aws-eu'] } },
  'little of everything': {
    values: {
      'crds.install': false,
      'rbac.aggregate': false,
      'podDisruptionBudget.enabled': false,
      'networkPolicy.enabled': false,
      'metrics.podMonitor.create': 'Never',
      'metrics.prometheusRule.create': 'Never',
      'test.enabled': false,
      resources: {},
    },
    apiVersions: prometheusApis,
  },
  everything: {
    values: {
      global: { region: 'eu' },
      replicas: 3,
      image: { repository: 'registry.example.com:5000/a/courier', digest: `sha256:${'0'.repeat(64)}` },
      imagePullSecrets: [{ name: 'registry' }],
      crds: { keep: false, annotations: { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true' } },
      operator: {
        intervalSeconds: 2.5,
        leaseSeconds: 30,
        env: [
          { name: 'AWS_REGION', value: 'eu-west-1' },
          { name: 'HTTPS_PROXY', valueFrom: { secretKeyRef: { name: 'proxy', key: 'url' } } },
        ],
      },
      'serviceAccount.annotations': { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/courier' },
      networkPolicy: {
        apiServerPorts: [16443],
        metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
        extraEgress: [{ ports: [{ port: 3128 }] }],
      },
      metrics: {
        podMonitor: { create: 'Always', labels: { release: 'prometheus' }, interval: '15s' },
        prometheusRule: { create: 'Always', labels: { release: 'prometheus' } },
        dashboard: { create: true, annotations: { grafana_folder: 'Courier' } },
      },
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
      ],
      priorityClassName: 'system-cluster-critical',
      podLabels: { team: 'platform', 'app.kubernetes.io/name': 'not-this' },
      podAnnotations: { 'example.com/inject': 'false' },
    },
  },
};
