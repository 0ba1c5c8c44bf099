import { courierSchema } from '../../api/crd.gen.ts';
import { withDefaults } from '../../api/decoding.ts';
import type { Schema } from '../../api/schema.ts';
import type { LiveCourier } from './objects.ts';

const specSchema: Schema = courierSchema.properties?.spec ?? {};

/**
 * A Courier as this version of the operator knows it, whichever version of the resource the API server serves: without the
 * fields of a newer one, and with the defaults of fields that an older one does not have. The resource changes before the
 * operator does; without this, workers would be restarted for the one and then for the other.
 */
export function asKnown(courier: LiveCourier): LiveCourier {
  return { ...courier, spec: withDefaults(specSchema, courier.spec) as LiveCourier['spec'] };
}
