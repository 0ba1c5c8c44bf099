import { parser } from '@prometheus-io/lezer-promql';

/** What a query asks of one metric: the labels that it selects, groups or joins by, and the exact values that it selects. */
export type MetricUse = {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly values: readonly (readonly [label: string, value: string])[];
};

/** What Grafana puts in place of its variables. */
const grafanaVariables: readonly [RegExp, string][] = [
  [/\$__rate_interval\b|\$__interval\b/g, '5m'],
  [/\$\{?\w+\}?/g, '.*'],
];

/** A query as Grafana sends it. */
export function withoutVariables(query: string): string {
  return grafanaVariables.reduce((text, [variable, value]) => text.replaceAll(variable, value), query);
}

/**
 * The metrics of a query, and with each the labels that its own selector names and those that the query groups or joins by.
 *
 * @throws Error where the text is no PromQL.
 */
export function metricsIn(query: string): readonly MetricUse[] {
  const tree = parser.parse(query);
  const uses: { metric: string; labels: string[]; values: [string, string][] }[] = [];
  const grouping: string[] = [];
  tree.iterate({
    enter({ type, from, to, node }) {
      const text = query.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at character ${from}: ${query}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector')
        uses.push({ metric: text, labels: [], values: [] });
      else if (type.name === 'LabelName' && node.parent?.name === 'GroupingLabels') grouping.push(text);
      else if (type.name.endsWith('Matcher')) uses.at(-1)?.values.push(...exactValue(text));
      else if (type.name === 'LabelName') uses.at(-1)?.labels.push(text);
    },
  });
  return uses.map(({ labels, ...use }) => ({ ...use, labels: [...labels, ...grouping] }));
}

function exactValue(matcher: string): [string, string][] {
  const [, label = '', value = ''] = /^(\w+)\s*=\s*"(.*)"$/.exec(matcher) ?? [];
  return label === '' ? [] : [[label, value]];
}
