import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { helm, helm3, ToolError } from '../cluster/tools.ts';

/** The chart's directory. */
export const chart = join(import.meta.dirname, '../../charts/courier');

/** The Helms that the chart must work with, by their names. */
export const helms = { 'Helm 4': helm, 'Helm 3': helm3 } as const;

/** Helm needs no cluster to render. */
export const nowhere = { kubeconfig: '/dev/null/kubeconfig' };

/** An object that a chart renders. */
export type Rendered = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind.
  readonly [field: string]: any;
};

/** How the chart is rendered. */
export type RenderOptions = {
  /** As `--set-json` takes them: paths to values of any type. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** APIs of the cluster besides Kubernetes' own. */
  readonly apiVersions?: readonly string[];
  readonly kubeVersion?: string;
  readonly tool?: typeof helm;
};

/** The APIs of the Prometheus Operator that the chart looks for. */
export const prometheusApis = ['monitoring.coreos.com/v1/PodMonitor', 'monitoring.coreos.com/v1/PrometheusRule'];

/** Renders the chart as the release `courier` in `courier-system`. @throws ToolError when Helm refuses. */
export async function renderText(options: RenderOptions = {}): Promise<string> {
  const { values = {}, apiVersions = [], kubeVersion = '1.36.0', tool = helm } = options;
  const sets = Object.entries(values).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]);
  const apis = apiVersions.flatMap((api) => ['--api-versions', api]);
  const target = ['courier', chart, '--namespace', 'courier-system', '--kube-version', kubeVersion];
  return await tool(['template', ...target, ...apis, ...sets], nowhere);
}

/** The objects of a rendered chart. @throws Error when a document is no YAML or no object. */
export async function render(options: RenderOptions = {}): Promise<readonly Rendered[]> {
  return objectsIn(await renderText(options));
}

/** The objects in YAML documents; empty documents are left out. */
export function objectsIn(text: string): readonly Rendered[] {
  return parseAllDocuments(text).flatMap((document) => {
    for (const problem of [...document.errors, ...document.warnings]) throw problem;
    const object: unknown = document.toJS();
    return object === null ? [] : [object as Rendered];
  });
}

/** The one object of a kind and, where there are several, of a name. @throws Error when there is not exactly one. */
export function only(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const [found, ...others] = objects.filter(
    (one) => one.kind === kind && (name === undefined || one.metadata.name === name),
  );
  if (found === undefined || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} objects are a ${kind} ${name ?? ''}`);
  return found;
}

/** What Helm says when it refuses these values. @throws Error when it does not. */
export async function refusal(values: Readonly<Record<string, unknown>>): Promise<string> {
  try {
    await renderText({ values });
  } catch (error) {
    if (error instanceof ToolError) return error.stderr;
    throw error;
  }
  throw new Error(`Helm accepts ${JSON.stringify(values)}`);
}

/** Runs `helm lint --strict`. @returns what it says. @throws ToolError when the chart has a defect. */
export async function lint(tool: typeof helm = helm): Promise<string> {
  return await tool(['lint', '--strict', chart], nowhere);
}
