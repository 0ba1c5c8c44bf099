import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { courierSchema } from '../../../api/crd.gen.ts';
import { withDefaults } from '../../../api/decoding.ts';
import type { Schema } from '../../../api/schema.ts';
import { configHash } from '../../../operator/courier/children/config-map.ts';
import { asKnown } from '../../../operator/courier/known-courier.ts';
import { liveCourier } from './fixtures.ts';

/** The schema of another version of the resource, in which objects have other fields. */
function version(schema: Schema, fields: (known: Readonly<Record<string, Schema>>) => Record<string, Schema>): Schema {
  const { properties, items } = schema;
  const children = Object.entries(properties ?? {}).map(([name, child]) => [name, version(child, fields)] as const);
  return {
    ...schema,
    ...(items === undefined ? {} : { items: version(items, fields) }),
    ...(properties === undefined ? {} : { properties: fields(Object.fromEntries(children)) }),
  };
}

const newer = version(courierSchema, (known) => ({ ...known, fashion: { type: 'string', default: 'new' } }));
/** Without every value that has a default. */
const older = version(courierSchema, (known) =>
  Object.fromEntries(
    Object.entries(known).filter(([, child]) => child.default === undefined || child.type === 'object'),
  ),
);

describe('a Courier of a cluster', () => {
  for (const [what, schema] of Object.entries({ newer, older })) {
    it(`is the same for the operator where the resource is ${what}, and restarts no worker`, () => {
      const courier = liveCourier({ 'spec.worker.podTemplate': { spec: { hostNetwork: true } } });
      const served = {
        ...courier,
        spec: withDefaults(schema.properties?.spec ?? {}, courier.spec) as typeof courier.spec,
      };
      assert.notDeepEqual(served, courier);
      assert.deepEqual(asKnown(served), courier);
      assert.equal(configHash(asKnown(served)), configHash(courier));
    });
  }

  it('is not changed where the resource is of this version', () => {
    const courier = liveCourier();
    assert.deepEqual(asKnown(courier), courier);
  });
});
