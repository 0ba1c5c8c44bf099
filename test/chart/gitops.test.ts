import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LuaFactory } from 'wasmoon';
import { parse } from 'yaml';
import { courierSchema } from '../../api/crd.gen.ts';
import type { CourierStatus } from '../../api/v1alpha1.gen.ts';
import { computeStatus } from '../../operator/courier/status.ts';
import type { StatusInput } from '../../operator/courier/status-input.ts';
import { deploymentOf, inputWith, liveCourier } from '../operator/courier/fixtures.ts';

const directory = join(import.meta.dirname, '../../docs/argocd');
const script = await readFile(join(directory, 'health.lua'), 'utf8');
const lua = await new LuaFactory().createEngine();
after(() => lua.global.close());

/** What Argo CD makes of a Courier with this status, as it calls the script: with the object as `obj`. */
async function healthOf(status: CourierStatus | undefined, courier: object = liveCourier()) {
  lua.global.set('obj', JSON.parse(JSON.stringify({ ...courier, status })));
  const { status: health, message } = await lua.doString(script);
  return { health, message };
}

const queueGone: StatusInput['queue'] = {
  kind: 'Failed',
  failure: { kind: 'Misconfigured', code: 'QueueDoesNotExist', sentence: 'the queue orders does not exist' },
  failures: 5,
};

describe("Argo CD's health of a Courier", () => {
  const cases: readonly [string, string, Partial<StatusInput>, RegExp][] = [
    ['Healthy when it is ready', 'Healthy', {}, /The queue can be read/],
    ['Healthy when it has no workers and needs none', 'Healthy', { deployment: deploymentOf(0) }, /queue/],
    ['Progressing while workers start', 'Progressing', { deployment: deploymentOf(3, 1) }, /1 of 3/],
    ['Degraded when only a person can help', 'Degraded', { queue: queueGone }, /queue orders does not exist/],
    [
      'Suspended when it is suspended',
      'Suspended',
      { courier: liveCourier({ 'spec.suspend': true }), deployment: deploymentOf(0) },
      /suspend/i,
    ],
  ];
  for (const [what, expected, fields, said] of cases) {
    it(`is ${what}`, async () => {
      const input = inputWith(fields);
      const { health, message } = await healthOf(computeStatus(input), input.courier);
      assert.equal(health, expected);
      assert.match(message, said);
    });
  }

  it('is Progressing before the operator has seen the Courier, and before it has seen a change', async () => {
    const status = computeStatus(inputWith());
    const courier = liveCourier();
    for (const seen of [undefined, { observedGeneration: -1 }, { ...status, observedGeneration: 1 }])
      assert.equal((await healthOf(seen, courier)).health, 'Progressing');
  });

  it('comes with a ConfigMap that holds the script, and leaves out what the status has', async () => {
    const { data } = parse(await readFile(join(directory, 'argocd-cm.yaml'), 'utf8'));
    assert.equal(data['resource.customizations.health.courier.dev_Courier'], script);
    const { jsonPointers } = parse(data['resource.customizations.ignoreResourceUpdates.courier.dev_Courier']);
    for (const pointer of jsonPointers) {
      const [, field = ''] = /^\/status\/(\w+)$/.exec(pointer) ?? [];
      assert.ok(courierSchema.properties?.status?.properties?.[field], pointer);
    }
  });
});

describe('the CustomResourceDefinition', () => {
  it("has nothing that Flux's substitution would replace", async () => {
    const crds = join(import.meta.dirname, '../../crds/courier.dev_couriers.yaml');
    assert.doesNotMatch(await readFile(crds, 'utf8'), /\$\{/);
  });
});
