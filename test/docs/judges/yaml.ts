import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isMap, parse, parseAllDocuments } from 'yaml';
import { parseManifests } from '../../../api/manifest.ts';
import { formatProblem } from '../../../api/problem.ts';
import { adviseOn } from '../../../cli/validate/advice.ts';
import { courierLabel, workerPort } from '../../../operator/courier/names.ts';
import { courierWith } from '../../api/manifests.ts';
import { type Rendered, refusal, renderText } from '../../chart/chart.ts';
import { strictProblems } from '../../chart/strict-kinds.ts';
import type { Snippet } from '../markdown.ts';
import { project } from '../pages.ts';
import { shellProblems } from './shell.ts';

const hooks: readonly { readonly id: string }[] = parse(
  await readFile(join(project, '.pre-commit-hooks.yaml'), 'utf8'),
);

/** Kinds of other projects, whose schemas are not here: what is ours in them is looked at. */
export const foreignApis =
  /^(?:argoproj\.io|(?:helm|kustomize|source)\.toolkit\.fluxcd\.io|keda\.sh|kustomize\.config\.k8s\.io)\//;

/** What of a YAML snippet cannot be right: a Courier, an object of Kubernetes, a piece of either, values, or a workflow. */
export async function yamlProblems(snippet: Snippet): Promise<readonly string[]> {
  const documents = parseAllDocuments(snippet.text);
  const problems = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings].map(({ message }) => message));
  if (problems.length > 0) return problems;
  const judged = await Promise.all(
    documents.map(async (document) => {
      if (!isMap(document.contents)) return ['it is no object'];
      return await documentProblems(snippet, document.toJS(), document.toString());
    }),
  );
  return judged.flat();
}

async function documentProblems(snippet: Snippet, value: object, text: string): Promise<readonly string[]> {
  if (isObject(value)) return await objectProblems(value, text);
  const fields = Object.keys(value);
  const has = (...names: readonly string[]) => names.some((name) => fields.includes(name));
  if (has('spec')) return courierProblems(JSON.stringify({ ...courierWith(), ...value }));
  if (fields.every((field) => parts.has(field))) return partProblems(value);
  if (has('repos')) return hookProblems(value);
  if (has('scrape_configs')) return scrapeProblems(value);
  if (commandsIn(value).length > 0) return await commandProblems(snippet, value);
  return await valuesProblems(value);
}

function isObject(value: object): value is Rendered {
  return 'apiVersion' in value && 'kind' in value;
}

async function objectProblems(object: Rendered, text: string): Promise<readonly string[]> {
  if (object.apiVersion.startsWith('courier.dev/')) return courierProblems(text);
  if (foreignApis.test(object.apiVersion)) return await chartValuesIn(object);
  return strictProblems(object) ?? [`${object.apiVersion} ${object.kind} is a kind that these tests do not know`];
}

/** By schema, CEL and what two systems together make wrong. */
function courierProblems(text: string): readonly string[] {
  const { couriers, problems } = parseManifests(text, 'snippet');
  const advice = couriers.flatMap(({ courier }) => adviseOn(courier, undefined));
  return [...problems.map(formatProblem), ...advice.map(({ message }) => message)];
}

const parts: ReadonlySet<string> = new Set(['queue', 'recipient', 'delivery', 'audit', 'scaling', 'aws', 'worker']);

/** Parts of a spec, in a Courier that has the rest; a part may count on a queue for dead letters. */
function partProblems(value: object): readonly string[] {
  const fields = Object.entries(value).map(([part, written]) => [`spec.${part}`, written]);
  const deadLetterUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dead';
  const courier = courierWith({ 'spec.queue.deadLetterUrl': deadLetterUrl, ...Object.fromEntries(fields) });
  return courierProblems(JSON.stringify(courier));
}

/** The chart's values, in what Argo CD and Flux call by other names. */
async function chartValuesIn({ spec }: Rendered): Promise<readonly string[]> {
  const values = spec?.source?.helm?.valuesObject ?? spec?.values;
  return values === undefined ? [] : await valuesProblems(values);
}

async function valuesProblems(values: object): Promise<readonly string[]> {
  try {
    await renderText({ values: Object.fromEntries(Object.entries(values)) });
    return [];
  } catch {
    return [await refusal(Object.fromEntries(Object.entries(values)))];
  }
}

/** The commands of a workflow of GitHub, or of a pipeline of GitLab. */
async function commandProblems(snippet: Snippet, value: object): Promise<readonly string[]> {
  const judged = await Promise.all(
    commandsIn(value).map((text) => shellProblems({ ...snippet, language: 'sh', text: withoutContainer(text) })),
  );
  return judged.flat();
}

function commandsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, child]) =>
    ['run', 'script'].includes(field) ? [child].flat().map(String) : commandsIn(child),
  );
}

/** Hooks of pre-commit that are found in this project are there. */
function hookProblems(value: object): readonly string[] {
  const { repos } = value as { readonly repos: readonly { readonly hooks: readonly { readonly id: string }[] }[] };
  const ids = repos.flatMap(({ hooks }) => hooks.map(({ id }) => id));
  return ids.filter((id) => !hooks.some((hook) => hook.id === id)).map((id) => `.pre-commit-hooks.yaml has no ${id}`);
}

interface ScrapeJob {
  readonly job_name: string;
  readonly honor_labels?: boolean;
  readonly relabel_configs: readonly Relabeling[];
}

interface Relabeling {
  readonly source_labels: readonly string[];
  readonly regex?: string;
  readonly target_label?: string;
}

/**
 * What of jobs of Prometheus differs from the PodMonitors that it stands for: which pods they keep, and the labels that rules
 * and dashboard ask for.
 */
function scrapeProblems(value: object): readonly string[] {
  const { scrape_configs: jobs } = value as { readonly scrape_configs: readonly ScrapeJob[] };
  const found = jobs.map(({ honor_labels: honorLabels = false, relabel_configs: relabelings }) => ({
    honorLabels,
    relabelings: relabelings.map(({ source_labels: [source], regex, target_label: target }) => [
      source,
      regex ?? target,
    ]),
  }));
  return isDeepStrictEqual(found, [
    scrapeOf('courier-operator', true),
    scrapeOf('courier-worker', false, [[metaLabel(courierLabel), 'courier']]),
  ])
    ? []
    : [`its jobs are not as the PodMonitors are: ${JSON.stringify(found)}`];
}

function scrapeOf(pods: string, honorLabels: boolean, further: readonly (readonly string[])[] = []) {
  const relabelings = [
    [metaLabel('app.kubernetes.io/name'), pods],
    ['__meta_kubernetes_pod_container_port_name', workerPort.name],
    ['__meta_kubernetes_namespace', 'namespace'],
    ['__meta_kubernetes_pod_name', 'pod'],
    ...further,
  ];
  return { honorLabels, relabelings };
}

/** A label of a pod, as Prometheus's service discovery names it. */
function metaLabel(label: string): string {
  return `__meta_kubernetes_pod_label_${label.replaceAll(/[^A-Za-z0-9_]/g, '_')}`;
}

/** The image's entry point is `courier`. */
function withoutContainer(command: string): string {
  return command.replace(/^(?:docker run .*)?ghcr\.io\/courier-dev\/courier:\S+/, 'courier');
}
