import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import type { Sample } from '../../../operator/sampling/courier-scaler.ts';
import { registerScalingMetrics, type ScalingRecord } from '../../../operator/sampling/scaling-metrics.ts';
import type { Decision } from '../../../operator/scaling/types.ts';
import { seen } from '../courier/fixtures.ts';

const decision = {
  ...{ replicas: 3, reason: 'RecipientSaturated', limitedBy: 'Recipient', explanation: '3 replicas: ...' },
  inputs: { lambda: 12.5, mu: 10, cap: 3, guard: 'Saturated', Bp: null },
} as const;
/** The state of a decision is nothing that metrics read. */
const sample: Sample = {
  generation: 2,
  look: seen,
  decision: decision as unknown as Decision,
  draining: 1,
  ready: 2,
  reports: [],
};

/** The lines of the metrics of these records, without help and type. */
async function scraped(records: readonly ScalingRecord[]): Promise<readonly string[]> {
  const registry = new Registry();
  registerScalingMetrics(registry, () => records);
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the metrics of scaling', () => {
  it('are the decisions by reason, the limit, the inputs that are numbers, and the numbers of workers', async () => {
    const decisions = new Map([
      ['Backlog', 4],
      ['RecipientSaturated', 9],
    ]);
    const lines = await scraped([{ namespace: 'shop', courier: 'orders', drainTargetSeconds: 60, sample, decisions }]);
    const of = 'namespace="shop",courier="orders"';
    for (const line of [
      `courier_scaling_decisions_total{${of},reason="Backlog"} 4`,
      `courier_scaling_decisions_total{${of},reason="RecipientSaturated"} 9`,
      `courier_scaling_limited_by{${of},kind="Recipient"} 1`,
      `courier_scaling_limited_by{${of},kind="None"} 0`,
      `courier_scaling_input{${of},input="lambda"} 12.5`,
      `courier_scaling_desired_replicas{${of}} 3`,
      `courier_scaling_ready_replicas{${of}} 2`,
      `courier_scaling_draining_replicas{${of}} 1`,
      `courier_scaling_estimated_drain_seconds{${of}} 4`,
      `courier_scaling_drain_target_seconds{${of}} 60`,
    ]) {
      assert.ok(lines.includes(line), `${line} is not in\n${lines.join('\n')}`);
    }
    assert.equal(lines.filter((line) => line.includes('limited_by') && line.endsWith(' 1')).length, 1);
    assert.equal(lines.filter((line) => line.includes('_input')).length, 3);
  });

  it('say nothing of a Courier before its first decision, nor of one that is gone', async () => {
    const nothing: Sample = {
      generation: 2,
      look: { kind: 'None' },
      decision: undefined,
      draining: 0,
      ready: 0,
      reports: [],
    };
    const record = {
      namespace: 'shop',
      courier: 'orders',
      drainTargetSeconds: 60,
      sample: nothing,
      decisions: new Map<string, number>(),
    };
    assert.deepEqual(await scraped([record]), []);
    const records: ScalingRecord[] = [{ ...record, sample }];
    const registry = new Registry();
    registerScalingMetrics(registry, () => records);
    assert.match(await registry.metrics(), /courier="orders"/);
    records.pop();
    assert.doesNotMatch(await registry.metrics(), /courier="orders"/);
  });

  it('do not guess how long a backlog takes that nobody works on', async () => {
    const idle: Sample = { ...sample, decision: { ...(decision as unknown as Decision), replicas: 0 } };
    const lines = await scraped([
      { namespace: 'shop', courier: 'orders', drainTargetSeconds: 60, sample: idle, decisions: new Map() },
    ]);
    assert.ok(!lines.some((line) => line.includes('estimated_drain')));
  });
});
