import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type AccessRule, operatorAccess } from '../../operator/courier/kube-permissions.ts';
import { only, type Rendered, render } from './chart.ts';
import { valueSets } from './value-sets.ts';

type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
};

describe("the operator's rights", () => {
  it('are those that its sources ask for, in all namespaces and in its own', async () => {
    const objects = await render();
    const { rules } = only(objects, 'ClusterRole', 'courier-operator');
    assert.deepEqual(rules, rulesOf(operatorAccess.filter(({ ownNamespace }) => !ownNamespace)));
    assert.deepEqual(only(objects, 'Role').rules, rulesOf(operatorAccess.filter(({ ownNamespace }) => ownNamespace)));
    assert.deepEqual(subjectsOf(objects), ['ServiceAccount courier-system/courier-operator']);
  });

  it('are the same in one namespace, and nothing of the cluster', async () => {
    const everywhere = only(await render(), 'ClusterRole', 'courier-operator').rules;
    const objects = await render(valueSets['one namespace, without anything of the cluster']);
    assert.deepEqual(
      objects.filter(({ kind }) => kind.startsWith('Cluster') || kind === 'CustomResourceDefinition'),
      [],
    );
    const role = only(objects, 'Role', 'courier-operator');
    assert.deepEqual([role.metadata.namespace, role.rules], ['shop', everywhere]);
    assert.equal(only(objects, 'RoleBinding', 'courier-operator').metadata.namespace, 'shop');
    assert.equal(only(objects, 'Role', 'courier-operator-own').metadata.namespace, 'courier-system');
    assert.deepEqual(subjectsOf(objects), ['ServiceAccount courier-system/courier-operator']);
  });

  it('on Secrets of Couriers can be withheld, or limited to some names', async () => {
    const secrets = async (values: Readonly<Record<string, unknown>>): Promise<readonly Rule[]> =>
      only(await render({ values }), 'ClusterRole', 'courier-operator').rules.filter(({ resources }: Rule) =>
        resources.includes('secrets'),
      );
    const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
    assert.deepEqual(await secrets({}), [rule]);
    assert.deepEqual(await secrets({ 'rbac.credentialSecrets.read': false }), []);
    const names = ['aws'];
    assert.deepEqual(await secrets({ 'rbac.credentialSecrets.names': names }), [{ ...rule, resourceNames: names }]);
  });

  it('leave to people what people need: to view and to edit Couriers, and their status to the operator', async () => {
    const objects = await render();
    const verbs = (name: string) =>
      only(objects, 'ClusterRole', name).rules.map((rule: Rule) => [rule.resources, rule.verbs]);
    assert.deepEqual(verbs('courier-viewer'), [
      [
        ['couriers', 'couriers/status'],
        ['get', 'list', 'watch'],
      ],
    ]);
    assert.deepEqual(verbs('courier-editor'), [
      [['couriers'], ['create', 'update', 'patch', 'delete', 'deletecollection']],
    ]);
  });
});

describe('every pod of the chart', () => {
  for (const [name, options] of Object.entries(valueSets)) {
    it(`is what Pod Security calls restricted, and writes nowhere: ${name}`, async () => {
      for (const spec of podSpecs(await render(options))) {
        assert.equal(spec.securityContext.runAsNonRoot, true);
        assert.ok(spec.securityContext.runAsUser > 0);
        assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' });
        for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'volumes', 'initContainers'])
          assert.equal(spec[field], undefined, field);
        for (const { securityContext, ports = [] } of spec.containers) {
          assert.deepEqual(securityContext, {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          });
          for (const { hostPort } of ports) assert.equal(hostPort, undefined);
        }
      }
    });
  }
});

describe('the NetworkPolicy', () => {
  it('lets the operator reach DNS, the API server, AWS and its workers, and be scraped by whom it is told', async () => {
    const { spec } = only(
      await render({
        values: {
          'networkPolicy.apiServerPorts': [16443],
          'networkPolicy.metricsFrom': [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
        },
      }),
      'NetworkPolicy',
    );
    const ports = spec.egress.map(({ ports }: { ports: { port: number }[] }) => ports.map(({ port }) => port));
    assert.deepEqual(ports, [[53, 53], [16443], [443], [80], [8080]]);
    assert.deepEqual(spec.egress[4].to[0].podSelector.matchLabels, { 'app.kubernetes.io/name': 'courier-worker' });
    assert.deepEqual(spec.ingress[0].from, [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }]);
    assert.deepEqual(spec.policyTypes, ['Ingress', 'Egress']);
  });

  it('is about the operator alone, and lets it reach the workers of its namespace only, where it has one', async () => {
    const objects = await render({ values: { watchNamespace: 'shop' } });
    const { spec } = only(objects, 'NetworkPolicy');
    const [{ namespaceSelector }] = spec.egress[4].to;
    assert.deepEqual(namespaceSelector, { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } });
    const selected = objects.filter(({ metadata, spec: pod }) =>
      isDeepStrictEqual(spec.podSelector.matchLabels, {
        'app.kubernetes.io/name': (pod?.template?.metadata ?? metadata).labels?.['app.kubernetes.io/name'],
      }),
    );
    assert.ok(selected.some(({ kind }) => kind === 'Deployment'));
    assert.ok(!selected.some(({ kind }) => kind === 'Pod'));
  });
});

function rulesOf(access: readonly AccessRule[]): readonly Rule[] {
  // The chart lists the rule that may be withheld last.
  return access
    .toSorted((a, b) => Number(a.optional ?? false) - Number(b.optional ?? false))
    .map(({ apiGroup, resource, names, verbs }) => ({
      ...{ apiGroups: [apiGroup], resources: [resource], verbs },
      ...(names === undefined ? {} : { resourceNames: names }),
    }));
}

function subjectsOf(objects: readonly Rendered[]): readonly string[] {
  const bindings = objects.filter(({ kind }) => kind.endsWith('Binding'));
  const subjects = bindings.flatMap(({ subjects }): Record<string, string>[] => subjects);
  return [...new Set(subjects.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`))];
}

// biome-ignore lint/suspicious/noExplicitAny: a pod of any shape is what is judged.
function podSpecs(objects: readonly Rendered[]): readonly any[] {
  return objects.flatMap(({ kind, spec }) =>
    kind === 'Deployment' ? [spec.template.spec] : kind === 'Pod' ? [spec] : [],
  );
}
