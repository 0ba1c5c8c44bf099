import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { courierSchema } from '../../api/crd.gen.ts';
import type { Schema } from '../../api/schema.ts';
import { podMonitor } from '../../operator/courier/children/pod-monitor.ts';
import { liveCourier } from '../operator/courier/fixtures.ts';
import { chart, only, prometheusApis, render } from './chart.ts';
import { exportedMetrics } from './exported-metrics.ts';
import { metricsIn, withoutVariables } from './promql.ts';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
};
type Panel = {
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
};

const exported = await exportedMetrics();
const rulesFile = parse(await readFile(join(chart, 'files/rules/courier.yaml'), 'utf8'));
const rules: readonly Rule[] = rulesFile.groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
const dashboardText = await readFile(join(chart, 'files/dashboards/courier.json'), 'utf8');
const dashboard: {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
} = JSON.parse(dashboardText);
const runbooks = join(import.meta.dirname, '../../docs/runbooks');

describe('every alert', () => {
  for (const rule of rules) {
    it(`asks for metrics and labels that exist: ${rule.alert}`, () => assertExported(rule.expr));

    it(`says what happens, with labels that its result has: ${rule.alert}`, () => {
      assert.match(rule.annotations.summary ?? '', /\.$/);
      assert.match(rule.annotations.description ?? '', /\.$/);
      assert.ok(['critical', 'warning'].includes(rule.labels.severity));
      const result = rule.expr.match(/by \(([\w, ]+)\)/)?.[1]?.split(', ') ?? [];
      const used = Object.values(rule.annotations).flatMap((text) => [...text.matchAll(/\$labels\.(\w+)/g)]);
      for (const [, label = ''] of used) assert.ok(result.includes(label), label);
    });
  }

  it('has a runbook that says what it means, what to look at and what to do; and no runbook is without an alert', async () => {
    const pages = (await readdir(runbooks)).filter((file) => file !== 'README.md');
    assert.deepEqual(pages.sort(), rules.map(({ alert }) => `${alert}.md`).sort());
    const index = await readFile(join(runbooks, 'README.md'), 'utf8');
    for (const page of pages) {
      const text = await readFile(join(runbooks, page), 'utf8');
      assert.ok(text.startsWith(`# ${page.replace('.md', '')}\n`), page);
      for (const part of ['Meaning', 'Look', 'Do']) assert.match(text, new RegExp(`^## ${part}$`, 'm'), page);
      assert.ok(index.includes(`(${page})`), page);
    }
  });

  it('has a runbook that names fields of a Courier as they are', async () => {
    for (const page of await readdir(runbooks)) {
      const text = await readFile(join(runbooks, page), 'utf8');
      for (const [path] of text.matchAll(/\bspec(\.\w+)+/g)) assert.ok(hasField(path.split('.')), `${page}: ${path}`);
    }
  });

  it("leads to its runbook from the chart's PrometheusRule, and keeps Prometheus' own templates", async () => {
    const values = { 'metrics.prometheusRule.runbookUrl': 'https://wiki.example.com/courier/' };
    const { spec } = only(await render({ values, apiVersions: prometheusApis }), 'PrometheusRule');
    const rendered: readonly Rule[] = spec.groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
    for (const [index, { annotations, ...rule }] of rendered.entries()) {
      const { runbook_url: url, ...others } = annotations;
      assert.equal(url, `https://wiki.example.com/courier/${rule.alert}.md`);
      const expr = rule.expr.replaceAll(', namespace="courier-system"', '');
      assert.deepEqual({ ...rule, expr, annotations: others }, rules[index]);
    }
    assert.equal(rendered.length, rules.length);
  });

  it('misses the leader of its own release, whether or not another release has one', async () => {
    const { spec } = only(await render({ apiVersions: prometheusApis }), 'PrometheusRule');
    const rendered: readonly Rule[] = spec.groups.flatMap(({ rules }: { rules: Rule[] }) => rules);
    const { expr = '' } = rendered.find(({ alert }) => alert === 'CourierOperatorDown') ?? {};
    const own = 'leader_election_master_status{name="courier-operator", namespace="courier-system"}';
    assert.equal(expr.trim(), `absent(${own})\nor\nsum by (namespace) (${own}) == 0`);
  });
});

describe('the dashboard', () => {
  for (const { title, description, targets = [] } of dashboard.panels) {
    for (const { expr, legendFormat } of targets) {
      it(`asks for metrics and labels that exist: ${title}, ${legendFormat}`, () => {
        assertExported(withoutVariables(expr));
        assert.match(description ?? '', /\.$/);
      });
    }
  }

  it('fills its variables from metrics that exist', () => {
    for (const { definition } of dashboard.templating.list) {
      if (definition === undefined) continue;
      const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
      const [metric = ''] = metricsIn(withoutVariables(selector)).map(({ metric }) => metric);
      assert.ok(exported.get(metric)?.has(label), definition);
    }
  });

  it('uses no variable that it does not have', () => {
    const known = dashboard.templating.list.map(({ name }) => name);
    const used = [...dashboardText.matchAll(/\$\{?(\w+)\}?/g)].map(([, name = '']) => name);
    assert.deepEqual([...new Set(used)].filter((name) => !name.startsWith('__')).sort(), known.sort());
  });

  it('has panels that do not cover each other', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    assert.equal(new Set(cells).size, cells.length);
  });

  it('comes as it is in a ConfigMap that the sidecar of Grafana finds', async () => {
    const config = only(await render({ values: { 'metrics.dashboard.create': true } }), 'ConfigMap');
    assert.equal(config.metadata.labels?.grafana_dashboard, '1');
    assert.equal(config.data['courier.json'].trim(), dashboardText.trim());
  });
});

describe('what is scraped', () => {
  it("names a Courier by the same labels in the workers' metrics and in the operator's", async () => {
    const { spec } = podMonitor(liveCourier());
    assert.deepEqual(spec.podMetricsEndpoints[0]?.relabelings, [
      { sourceLabels: ['__meta_kubernetes_pod_label_courier_dev_courier'], targetLabel: 'courier' },
    ]);
    const operator = only(await render({ apiVersions: prometheusApis }), 'PodMonitor').spec;
    // Else Prometheus renames the label namespace of what the operator says of a Courier.
    assert.equal(operator.podMetricsEndpoints[0].honorLabels, true);
  });
});

function hasField([name = '', ...rest]: readonly string[], schema: Schema | undefined = courierSchema): boolean {
  const child = schema?.properties?.[name];
  // Below a map or a field of Kubernetes' own everything may be.
  return child !== undefined && (rest.length === 0 || child.properties === undefined || hasField(rest, child));
}

function assertExported(query: string): void {
  const uses = metricsIn(query);
  assert.ok(uses.length > 0, query);
  for (const { metric, labels, values } of uses) {
    const known = exported.get(metric);
    assert.ok(known, `nobody exports ${metric}`);
    for (const label of labels) assert.ok(known.has(label), `${metric} has no label ${label}`);
    for (const [label, value] of values)
      assert.ok(known.get(label)?.has(value) ?? true, `${metric} never has ${label}="${value}"`);
  }
}
