import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { decodeCourier } from '../../api/courier.ts';
import { chart, helms, lint, only, prometheusApis, type Rendered, render, renderText } from './chart.ts';
import { strictProblems } from './strict-kinds.ts';
import { valueSets } from './value-sets.ts';

/** The API groups of kinds that Kubernetes' models do not know: the cluster tier has them judged by the API server. */
const foreign = ['monitoring.coreos.com'];

describe('the chart', () => {
  for (const [name, tool] of Object.entries(helms)) {
    it(`has nothing that ${name}'s strict lint objects to`, async () => {
      assert.match(await lint(tool), /1 chart\(s\) linted, 0 chart\(s\) failed/);
    });
  }

  it('renders to the same objects with Helm 3 and Helm 4', async () => {
    for (const options of [{ apiVersions: prometheusApis }, valueSets.everything ?? {}]) {
      const [four, three] = await Promise.all([render(options), render({ ...options, tool: helms['Helm 3'] })]);
      const byName = (objects: readonly Rendered[]) => new Map(objects.map((one) => [keyOf(one), one]));
      assert.deepEqual(byName(four), byName(three));
    }
  });

  it('shows valid Couriers where it is described', async () => {
    const readme = await readFile(join(chart, 'README.md'), 'utf8');
    const { annotations } = parse(await readFile(join(chart, 'Chart.yaml'), 'utf8'));
    const shown = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => parse(yaml));
    for (const courier of [...shown, ...parse(annotations['artifacthub.io/crdsExamples'])])
      assert.deepEqual(decodeCourier(courier).violations, []);
    assert.equal(shown.length, 1);
  });

  it('renders to the same text each time: nothing of it depends on when or where', async () => {
    assert.equal(await renderText(), await renderText());
  });

  it('refuses a Kubernetes that is too old, and takes those of managed clusters', async () => {
    await assert.rejects(renderText({ kubeVersion: '1.30.9' }), /incompatible with Kubernetes/);
    assert.ok((await render({ kubeVersion: '1.31.4-eks-1a2b3c' })).length > 0);
  });
});

describe('what the chart renders to', () => {
  for (const [name, options] of Object.entries(valueSets)) {
    it(`has known fields of the right types, once each: ${name}`, async () => {
      const objects = await render(options);
      for (const object of objects) {
        const problems = strictProblems(object);
        if (problems === undefined) assert.ok(foreign.includes(object.apiVersion.split('/')[0] ?? ''), keyOf(object));
        assert.deepEqual(problems ?? [], [], keyOf(object));
      }
      assert.equal(new Set(objects.map(keyOf)).size, objects.length);
    });

    it(`is found by labels, in the right namespace: ${name}`, async () => {
      const watched = options.values?.watchNamespace ?? 'courier-system';
      for (const object of await render(options)) {
        if (object.kind === 'CustomResourceDefinition') continue;
        const { labels, namespace } = object.metadata;
        assert.equal(labels?.['app.kubernetes.io/managed-by'], 'Helm', keyOf(object));
        const wanted: readonly unknown[] = object.kind.startsWith('Cluster')
          ? [undefined]
          : ['courier-system', watched];
        assert.ok(wanted.includes(namespace), keyOf(object));
      }
    });
  }

  it('makes objects of the Prometheus Operator where its API is there, where they are asked for, and not otherwise', async () => {
    const monitors = async (options: Parameters<typeof render>[0]) =>
      (await render(options)).filter(({ apiVersion }) => apiVersion.startsWith('monitoring')).map(({ kind }) => kind);
    const never = { 'metrics.podMonitor.create': 'Never', 'metrics.prometheusRule.create': 'Never' };
    const always = { 'metrics.podMonitor.create': 'Always', 'metrics.prometheusRule.create': 'Always' };
    assert.deepEqual(await monitors({}), []);
    assert.deepEqual(await monitors({ apiVersions: prometheusApis }), ['PodMonitor', 'PrometheusRule']);
    assert.deepEqual(await monitors({ apiVersions: prometheusApis, values: never }), []);
    assert.deepEqual(await monitors({ values: always }), ['PodMonitor', 'PrometheusRule']);
  });

  it('keeps what is disrupted together to one, where there are several', async () => {
    assert.equal(only(await render(), 'PodDisruptionBudget').spec.maxUnavailable, 1);
    const single = await render({ values: { replicas: 1 } });
    assert.deepEqual(
      single.filter(({ kind }) => kind === 'PodDisruptionBudget'),
      [],
    );
  });

  it('names its image by digest where there is one, for the operator, its workers and its test alike', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    for (const [values, image] of [
      [{}, 'ghcr.io/courier-dev/courier:0.1.0'],
      [{ 'image.tag': '1.2.3-rc.1' }, 'ghcr.io/courier-dev/courier:1.2.3-rc.1'],
      [{ 'image.tag': '1.2.3', 'image.digest': digest }, `ghcr.io/courier-dev/courier@${digest}`],
    ] as const) {
      const objects = await render({ values });
      const [operator] = only(objects, 'Deployment').spec.template.spec.containers;
      const [test] = only(objects, 'Pod').spec.containers;
      assert.deepEqual([operator.image, environmentOf(operator).COURIER_IMAGE, test.image], [image, image, image]);
    }
  });

  it('does not restart operators for a new version of the chart alone', async () => {
    const { labels, annotations } = only(await render(), 'Deployment').spec.template.metadata;
    assert.deepEqual(labels, { 'app.kubernetes.io/name': 'courier-operator' });
    assert.equal(annotations, undefined);
  });

  it('finds its pods by its own labels whatever podLabels say', async () => {
    const { spec } = only(
      await render({ values: { podLabels: { 'app.kubernetes.io/name': 'x', a: 'b' } } }),
      'Deployment',
    );
    assert.deepEqual(spec.template.metadata.labels, { ...spec.selector.matchLabels, a: 'b' });
  });
});

function keyOf({ apiVersion, kind, metadata }: Rendered): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function environmentOf(container: { readonly env: readonly { readonly name: string; readonly value?: string }[] }) {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
}
