import { printable } from '../../api/printable.ts';
import type { CourierStatusScalingDecision } from '../../api/v1alpha1.gen.ts';
import type { LiveCourier } from '../../operator/courier/objects.ts';
import { formatCount, plural } from '../format.ts';

/** What the figures of a decision mean, in the order in which they are shown; others follow by name. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['lambda', 'messages that arrive a second'],
  ['mu', 'messages that a busy worker delivers a second'],
  ['B', 'backlog, in messages'],
  ['Bp', 'backlog when workers that are ordered now are ready'],
  ['S', 'seconds that a worker takes to start'],
  ['keepUp', 'workers that keep up with the arrivals'],
  ['drain', 'workers that drain the backlog in time'],
  ['wanted', 'workers that are wanted before caps and steps'],
  ['cap', 'workers that there is any use in'],
  ['f', 'share of attempts that fail'],
  ['h', 'share of attempts that are throttled'],
  ['occ', 'share of slots that are busy'],
  ['inFlight', 'messages that workers hold'],
  ['guard', 'what more workers cannot fix'],
]);

type Figures = Readonly<Record<string, string>> | undefined;

/** Why a Courier has as many workers as it has, for a person to read. */
export function describeScaling({ metadata, status }: LiveCourier): string {
  const { namespace, name } = metadata;
  const scaling = status?.scaling;
  if (scaling?.explanation === undefined) {
    return `${namespace}/${name}: nothing has been decided yet. See kubectl -n ${namespace} describe courier ${name}.`;
  }
  const { desiredReplicas = 0, readyReplicas = 0, backlog } = status ?? {};
  const leaving = scaling.draining === undefined ? '' : `, ${scaling.draining} finishing before they leave`;
  const lines = [
    `${namespace}/${name}: ${plural(desiredReplicas, 'worker')} wanted, ${readyReplicas} ready${leaving}`,
    `  ${scaling.explanation}`,
    `  reason ${scaling.reason ?? 'unknown'}, limited by ${scaling.limitedBy ?? 'unknown'}`,
  ];
  if (backlog !== undefined) {
    lines.push(
      `  ${formatCount(backlog.visible)} waiting, ${formatCount(backlog.inFlight)} in flight, ${formatCount(backlog.delayed)} delayed at ${backlog.observedTime}`,
    );
  }
  lines.push(...figureLines(scaling.inputs));
  const decisions = scaling.decisions ?? [];
  if (decisions.length > 0) lines.push('', 'The last decisions that changed something:');
  return [...lines, ...decisions.flatMap(decisionLines)].map(printable).join('\n');
}

/** The same for a program: what the status says of scaling, as JSON. */
export function scalingJson({ metadata, status }: LiveCourier): string {
  const { namespace, name } = metadata;
  const { desiredReplicas, readyReplicas, backlog, scaling } = status ?? {};
  return JSON.stringify({ namespace, name, desiredReplicas, readyReplicas, backlog, scaling }, undefined, 2);
}

function decisionLines(decision: CourierStatusScalingDecision): readonly string[] {
  const { time, from, to, reason, limitedBy, explanation, inputs } = decision;
  const change = from === to ? `${to}` : `${from} -> ${to}`;
  const figures = inOrder(inputs).map(([name, value]) => `${name} ${value}`);
  return [
    `  ${time}  ${change}  ${reason}, limited by ${limitedBy}`,
    `    ${explanation}`,
    ...(figures.length === 0 ? [] : [`    ${figures.join(', ')}`]),
  ];
}

function figureLines(figures: Figures): readonly string[] {
  const rows = inOrder(figures).map(([name, value]) => [name, value, meanings.get(name) ?? ''] as const);
  const names = Math.max(0, ...rows.map(([name]) => name.length));
  const values = Math.max(0, ...rows.map(([, value]) => value.length));
  return rows.map(([name, value, meaning]) =>
    `    ${name.padEnd(names)}  ${value.padStart(values)}  ${meaning}`.trimEnd(),
  );
}

function inOrder(figures: Figures): readonly (readonly [string, string])[] {
  const order = [...meanings.keys()];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(figures ?? {}).sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b));
}
