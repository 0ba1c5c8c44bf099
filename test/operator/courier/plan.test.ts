import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { workerConfig } from '../../../api/worker-config.ts';
import { parseWorkerConfig } from '../../../api/worker-config-file.ts';
import type { Child, ChildKind, ConfigMap, Deployment, LiveCourier } from '../../../operator/courier/objects.ts';
import { type PlanContext, planChildren } from '../../../operator/courier/plan.ts';
import { context, liveCourier } from './fixtures.ts';

const fileAudit = { 'spec.audit': { file: { directory: '/var/lib/courier/audit' } } };
const volumeAudit = {
  'spec.audit': {
    file: { directory: '/var/lib/courier/audit', volume: { persistentVolumeClaim: { claimName: 'audit' } } },
  },
};

function childOf(courier: LiveCourier, kind: ChildKind, changes: Partial<PlanContext> = {}): Child | undefined {
  return planChildren(courier, { ...context, ...changes }).children.find((child) => child.kind === kind);
}

function deploymentSpec(courier: LiveCourier): NonNullable<Deployment['spec']> {
  const deployment = childOf(courier, 'Deployment') as Deployment | undefined;
  assert.ok(deployment?.spec !== undefined);
  return deployment.spec;
}

function podOf(courier: LiveCourier) {
  const { spec, metadata } = deploymentSpec(courier).template;
  const [container] = spec?.containers ?? [];
  assert.ok(spec !== undefined && container !== undefined);
  return { spec, metadata, container };
}

describe('the children of a Courier', () => {
  it('come in the order in which they need each other', () => {
    const kinds = (courier: LiveCourier, podMonitors: boolean) =>
      planChildren(courier, { ...context, podMonitors }).children.map(({ kind }) => kind);
    const first = ['ServiceAccount', 'ConfigMap', 'PodDisruptionBudget', 'Deployment'];
    assert.deepEqual(kinds(liveCourier(), false), first);
    assert.deepEqual(kinds(liveCourier(), true), [...first, 'PodMonitor']);
    assert.deepEqual(kinds(liveCourier({ 'spec.worker.serviceAccountName': 'orders' }), false), first.slice(1));
  });

  it('are all called after it, belong to it, and carry none of its labels and annotations', () => {
    const courier = liveCourier({
      'metadata.labels': { 'app.kubernetes.io/instance': 'argo' },
      'metadata.annotations': { 'argocd.argoproj.io/tracking-id': 'x' },
    });
    for (const { metadata } of planChildren(courier, { ...context, podMonitors: true }).children) {
      assert.deepEqual(metadata, {
        name: 'courier-orders',
        namespace: 'shop',
        labels: {
          'app.kubernetes.io/name': 'courier-worker',
          'courier.dev/courier': 'orders',
          'app.kubernetes.io/component': 'worker',
          'app.kubernetes.io/managed-by': 'courier-operator',
        },
        ownerReferences: [
          {
            apiVersion: 'courier.dev/v1alpha1',
            kind: 'Courier',
            name: 'orders',
            uid: '0b5e',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      });
    }
  });

  it('have names that fit however long that of the Courier is', () => {
    const name = 'o'.repeat(52);
    for (const { metadata } of planChildren(liveCourier({ 'metadata.name': name }), context).children) {
      assert.ok(metadata.name.length <= 63);
      for (const value of Object.values(metadata.labels ?? {})) assert.ok(value.length <= 63);
    }
  });

  it('hold the configuration that workers can read', () => {
    const courier = liveCourier({ 'spec.recipient.headers': [{ name: 'x-tenant', value: 'shop' }] });
    const { data } = childOf(courier, 'ConfigMap') as ConfigMap;
    const { config, warnings } = parseWorkerConfig(data?.['courier.json'] ?? '', 'courier.json');
    assert.deepEqual(config, workerConfig(courier));
    assert.deepEqual(warnings, []);
  });

  it('give a ServiceAccount the annotations that AWS looks at, and no token', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/orders' };
    const account = childOf(liveCourier({ 'spec.worker.serviceAccountAnnotations': annotations }), 'ServiceAccount');
    assert.deepEqual(account?.metadata.annotations, annotations);
    assert.equal(account !== undefined && 'automountServiceAccountToken' in account, true);
  });

  it('have a budget that never blocks the drain of a node', () => {
    assert.deepEqual((childOf(liveCourier(), 'PodDisruptionBudget') as { spec?: unknown }).spec, {
      maxUnavailable: '25%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: { 'app.kubernetes.io/name': 'courier-worker', 'courier.dev/courier': 'orders' } },
    });
  });

  it('leave a ServiceAccount of ours unwanted once another is named', () => {
    const unwanted = (name: string) =>
      planChildren(liveCourier({ 'spec.worker.serviceAccountName': name }), context).unwanted;
    assert.deepEqual(unwanted('orders'), [{ kind: 'ServiceAccount', namespace: 'shop', name: 'courier-orders' }]);
    assert.deepEqual(unwanted('courier-orders'), []);
    assert.deepEqual(planChildren(liveCourier(), context).unwanted, []);
  });
});

describe('the Deployment', () => {
  it('has the number of workers that is wanted, within the bounds of the Courier', () => {
    const replicas = (fields: Readonly<Record<string, unknown>>, wanted: number) => {
      const deployment = childOf(liveCourier(fields), 'Deployment', { replicas: wanted }) as Deployment;
      return deployment.spec?.replicas;
    };
    const bounds = { 'spec.scaling': { minReplicas: 2, maxReplicas: 5 } };
    assert.deepEqual(
      [0, 2, 4, 9].map((wanted) => replicas(bounds, wanted)),
      [2, 2, 4, 5],
    );
    assert.equal(replicas({ ...bounds, 'spec.suspend': true }, 4), 0);
  });

  it('finds its pods by two labels that never change', () => {
    const { selector, template } = deploymentSpec(liveCourier({ 'spec.worker.podLabels': { team: 'shop' } }));
    assert.deepEqual(selector, {
      matchLabels: { 'app.kubernetes.io/name': 'courier-worker', 'courier.dev/courier': 'orders' },
    });
    assert.equal(template.metadata?.labels?.team, 'shop');
    for (const [label, value] of Object.entries(selector.matchLabels ?? {}))
      assert.equal(template.metadata?.labels?.[label], value);
  });

  it('takes no worker away in a rollout before another is ready', () => {
    assert.deepEqual(deploymentSpec(liveCourier()).strategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 },
    });
  });
});

describe("a worker's pod", () => {
  it("runs the operator's own image, or the one that is named", () => {
    assert.equal(podOf(liveCourier()).container.image, context.operatorImage);
    assert.equal(podOf(liveCourier({ 'spec.worker.image': 'courier:2' })).container.image, 'courier:2');
    assert.deepEqual(podOf(liveCourier()).container.args, ['worker']);
  });

  it('is told who it is, and listens on its own address, IPv6 included', () => {
    const { env } = podOf(liveCourier()).container;
    assert.deepEqual(env, [
      { name: 'COURIER_CONFIG', value: '/etc/courier/courier.json' },
      { name: 'COURIER_WORKER', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'COURIER_LISTEN', value: '[$(POD_IP)]:8080' },
      { name: 'COURIER_EXCHANGE_TOKEN_SHA256', value: context.exchangeTokenSha256 },
    ]);
  });

  it('has the Secrets that are named as files, each once, and its own variables after that', () => {
    const env = [
      { name: 'TZ', value: 'UTC' },
      { name: 'CA', valueFrom: { configMapKeyRef: { name: 'ca', key: 'a' } } },
    ];
    const courier = liveCourier({
      'spec.aws': { credentialsSecretRef: { name: 'aws' } },
      'spec.recipient.headers': ['one', 'two'].map((key) => ({
        name: key,
        valueFrom: { secretKeyRef: { name: 'a.keys', key } },
      })),
      'spec.worker.env': env,
    });
    const { container, spec } = podOf(courier);
    assert.deepEqual(container.env?.slice(5), [
      { name: 'COURIER_SECRETS', value: '/etc/courier-secrets' },
      env[0],
      { name: 'CA', valueFrom: { configMapKeyRef: { name: 'ca', key: 'a', optional: false } } },
    ]);
    assert.deepEqual(spec.volumes?.slice(1), [
      { name: 'secret-0', secret: { secretName: 'a.keys', defaultMode: 0o440 } },
      { name: 'secret-1', secret: { secretName: 'aws', defaultMode: 0o440 } },
    ]);
    assert.deepEqual(container.volumeMounts?.slice(1), [
      { name: 'secret-0', mountPath: '/etc/courier-secrets/a.keys', readOnly: true },
      { name: 'secret-1', mountPath: '/etc/courier-secrets/aws', readOnly: true },
    ]);
    assert.deepEqual(podOf(liveCourier()).spec.volumes?.length, 1);
  });

  it('has as much time to stop as its worker may need, and five seconds', () => {
    assert.equal(podOf(liveCourier()).spec.terminationGracePeriodSeconds, 50);
    const slow = liveCourier({ 'spec.recipient.timeoutSeconds': 600, 'spec.recipient.connectTimeoutSeconds': 20 });
    assert.equal(podOf(slow).spec.terminationGracePeriodSeconds, 635);
  });

  it('satisfies the restricted Pod Security Standard', () => {
    const { spec, container } = podOf(liveCourier());
    assert.deepEqual(spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    assert.equal(spec.automountServiceAccountToken, false);
    assert.equal(spec.enableServiceLinks, false);
  });

  it('is probed for progress and for having seen the queue', () => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = podOf(liveCourier()).container;
    const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path);
    assert.deepEqual(paths, ['/livez', '/livez', '/readyz']);
    assert.deepEqual(ports, [{ name: 'http', containerPort: 8080, protocol: 'TCP' }]);
  });

  it('asks for little, or exactly for what is given', () => {
    const resources = (given?: unknown) =>
      podOf(liveCourier(given === undefined ? {} : { 'spec.worker.resources': given })).container.resources;
    assert.deepEqual(resources(), { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } });
    assert.deepEqual(resources({ limits: { cpu: 2, memory: '64Mi' } }), { limits: { cpu: '2', memory: '64Mi' } });
    assert.deepEqual(resources({}), {});
  });

  it('runs as the account that is named, where it is told to', () => {
    assert.equal(podOf(liveCourier()).spec.serviceAccountName, 'courier-orders');
    const courier = liveCourier({
      'spec.worker.serviceAccountName': 'orders',
      'spec.worker.nodeSelector': { pool: 'spot' },
      'spec.worker.tolerations': [{ key: 'spot', operator: 'Exists' }],
    });
    const { spec } = podOf(courier);
    assert.equal(spec.serviceAccountName, 'orders');
    assert.deepEqual(spec.nodeSelector, { pool: 'spot' });
    assert.deepEqual(spec.tolerations, [{ key: 'spot', operator: 'Exists' }]);
  });

  it('has the configuration mounted, and the volume of the audit where the audit writes', () => {
    const { spec, container } = podOf(liveCourier(volumeAudit));
    assert.deepEqual(container.volumeMounts, [
      { name: 'config', mountPath: '/etc/courier', readOnly: true },
      { name: 'audit', mountPath: '/var/lib/courier/audit' },
    ]);
    assert.deepEqual(spec.volumes, [
      { name: 'config', configMap: { name: 'courier-orders' } },
      { name: 'audit', persistentVolumeClaim: { claimName: 'audit' } },
    ]);
  });
});

describe('a plan that cannot be made', () => {
  it('says that an audit in files needs a volume', () => {
    const { children, unwanted, error } = planChildren(liveCourier(fileAudit), context);
    assert.deepEqual([children, unwanted], [[], []]);
    assert.equal(error?.reason, 'AuditVolumeMissing');
    assert.match(
      error.message,
      /^The audit goes to files in \/var\/lib\/courier\/audit, and no volume .*\. Name a claim in /,
    );
  });

  it('stops the workers all the same when the Courier is suspended', () => {
    for (const fields of [fileAudit, { 'spec.worker.podTemplate': { spec: { containers: null } } }]) {
      const { children, error } = planChildren(liveCourier({ ...fields, 'spec.suspend': true }), context);
      const deployment = children.find(({ kind }) => kind === 'Deployment') as Deployment;
      assert.equal(deployment.spec?.replicas, 0);
      assert.ok(error !== undefined);
    }
  });
});
