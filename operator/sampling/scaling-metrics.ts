import { Counter, Gauge, type Registry } from 'prom-client';
import { type LimitedBy, reasonsByLimit } from '../scaling/reasons.ts';
import type { Sample } from './courier-scaler.ts';

/** What is known of the scaling of one Courier, for its metrics. */
export type ScalingRecord = {
  readonly namespace: string;
  readonly courier: string;
  readonly drainTargetSeconds: number;
  readonly sample: Sample;
  /** Decisions so far, by reason. */
  readonly decisions: ReadonlyMap<string, number>;
};

type Labels = { readonly namespace: string; readonly courier: string };
type Series = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

const prefix = 'courier_scaling_';
const kinds = Object.keys(reasonsByLimit) as LimitedBy[];

/**
 * The metrics of scaling. They are read from the last decisions when they are scraped, so that a decision costs nothing more;
 * the series of a Courier that is gone are gone with it.
 */
export function registerScalingMetrics(registry: Registry, records: () => Iterable<ScalingRecord>): void {
  const each = (read: (record: ScalingRecord) => readonly Series[]) => () =>
    [...records()].flatMap((record) => {
      const own: Labels = { namespace: record.namespace, courier: record.courier };
      return read(record).map(({ labels, value }) => ({ labels: { ...own, ...labels }, value }));
    });
  counter(registry, 'decisions_total', 'Decisions by the rule that fixed the number.', 'reason', each(decisions));
  gauge(registry, 'limited_by', '1 for what must change for more throughput, 0 for all else.', ['kind'], each(limits));
  gauge(registry, 'input', 'The figures behind the last decision.', ['input'], each(inputs));
  gauge(registry, 'desired_replicas', 'Workers that are wanted.', [], each(desired));
  gauge(registry, 'ready_replicas', 'Workers that are ready, without those that leave.', [], each(ready));
  gauge(registry, 'draining_replicas', 'Workers that finish what they hold before they leave.', [], each(draining));
  gauge(registry, 'estimated_drain_seconds', 'How long the backlog takes.', [], each(drainSeconds));
  gauge(registry, 'drain_target_seconds', 'Within what time the backlog is to be gone.', [], each(drainTarget));
}

function decisions({ decisions }: ScalingRecord): readonly Series[] {
  return [...decisions].map(([reason, value]) => ({ labels: { reason }, value }));
}

function limits({ sample: { decision } }: ScalingRecord): readonly Series[] {
  if (decision === undefined) return [];
  return kinds.map((kind) => ({ labels: { kind }, value: Number(decision.limitedBy === kind) }));
}

function inputs({ sample: { decision } }: ScalingRecord): readonly Series[] {
  return Object.entries(decision?.inputs ?? {}).flatMap(([input, value]) =>
    typeof value === 'number' ? [{ labels: { input }, value }] : [],
  );
}

function desired({ sample: { decision } }: ScalingRecord): readonly Series[] {
  return decision === undefined ? [] : [{ labels: {}, value: decision.replicas }];
}

function ready({ sample }: ScalingRecord): readonly Series[] {
  return sample.decision === undefined ? [] : [{ labels: {}, value: sample.ready }];
}

function draining({ sample }: ScalingRecord): readonly Series[] {
  return sample.decision === undefined ? [] : [{ labels: {}, value: sample.draining }];
}

function drainTarget({ drainTargetSeconds, sample: { decision } }: ScalingRecord): readonly Series[] {
  return decision === undefined ? [] : [{ labels: {}, value: drainTargetSeconds }];
}

/** Absent while the rate of a worker is not known, or nobody works. */
function drainSeconds({ sample: { decision, look } }: ScalingRecord): readonly Series[] {
  if (decision === undefined || look.kind !== 'Seen') return [];
  const { visible } = look.counters;
  const seconds = visible === 0 ? 0 : visible / (Number(decision.inputs.mu) * decision.replicas);
  return Number.isFinite(seconds) ? [{ labels: {}, value: seconds }] : [];
}

function gauge(registry: Registry, name: string, help: string, labels: readonly string[], read: () => Series[]): void {
  const metric: Gauge = new Gauge({
    ...{ name: prefix + name, help, registers: [registry], labelNames: ['namespace', 'courier', ...labels] },
    collect() {
      metric.reset();
      for (const { labels: found, value } of read()) metric.set(found, value);
    },
  });
}

function counter(registry: Registry, name: string, help: string, label: string, read: () => Series[]): void {
  const metric: Counter = new Counter({
    ...{ name: prefix + name, help, registers: [registry], labelNames: ['namespace', 'courier', label] },
    collect() {
      metric.reset();
      for (const { labels, value } of read()) metric.inc(labels, value);
    },
  });
}
