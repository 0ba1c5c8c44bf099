import { printable } from '../../api/printable.ts';
import type {
  CourierStatusBacklog,
  CourierStatusScaling,
  CourierStatusScalingDecision,
} from '../../api/v1alpha1.gen.ts';
import type { LiveCourier } from '../../operator/courier/objects.ts';
import { formatCount, plural } from '../format.ts';
import { troublesOf } from '../troubles.ts';

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

/** What is wrong with a Courier, if anything is, and why it has as many workers as it has, for a person to read. */
export function describeScaling(courier: LiveCourier): string {
  const { metadata, status } = courier;
  const { namespace, name } = metadata;
  const troubles = troublesOf(status).map(({ type, reason, message }) => `  ${type}, ${reason}: ${message}`);
  if (status?.scaling?.explanation === undefined) {
    const undecided = `${namespace}/${name}: nothing has been decided yet.`;
    const more = `See kubectl -n ${namespace} describe courier ${name}.`;
    return troubles.length === 0 ? `${undecided} ${more}` : [undecided, ...troubles.map(printable)].join('\n');
  }
  const lines = [...numberLines(courier, status.scaling, troubles), ...decisionsOf(status.scaling)];
  return lines.map(printable).join('\n');
}

function numberLines(
  { metadata, status }: LiveCourier,
  scaling: CourierStatusScaling,
  troubles: readonly string[],
): readonly string[] {
  const { desiredReplicas = 0, readyReplicas = 0, backlog } = status ?? {};
  const leaving = scaling.draining === undefined ? '' : `, ${scaling.draining} finishing before they leave`;
  const workers = `${plural(desiredReplicas, 'worker')} wanted, ${readyReplicas} ready${leaving}`;
  return [
    `${metadata.namespace}/${metadata.name}: ${workers}`,
    ...troubles,
    `  ${scaling.explanation}`,
    `  reason ${scaling.reason ?? 'unknown'}, limited by ${scaling.limitedBy ?? 'unknown'}`,
    ...(backlog === undefined ? [] : [`  ${counters(backlog)}`]),
    ...figureLines(scaling.inputs),
  ];
}

function counters({ visible, inFlight, delayed, observedTime }: CourierStatusBacklog): string {
  const [waiting, held, later] = [visible, inFlight, delayed].map(formatCount);
  return `${waiting} waiting, ${held} in flight, ${later} delayed at ${observedTime}`;
}

function decisionsOf({ decisions = [] }: CourierStatusScaling): readonly string[] {
  if (decisions.length === 0) return [];
  return ['', 'The last decisions that changed something:', ...decisions.flatMap(decisionLines)];
}

/** The same for a program, as JSON: what the status says of scaling, and what is wrong. */
export function scalingJson({ metadata, status }: LiveCourier): string {
  const { namespace, name } = metadata;
  const { desiredReplicas, readyReplicas, backlog, scaling } = status ?? {};
  const troubles = troublesOf(status);
  return JSON.stringify({ namespace, name, desiredReplicas, readyReplicas, backlog, troubles, scaling }, undefined, 2);
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
