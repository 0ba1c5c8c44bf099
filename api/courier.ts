import { checkRules } from './cel.ts';
import { courierSchema } from './crd.gen.ts';
import { unknownFields, withDefaults } from './decoding.ts';
import { isObject } from './json.ts';
import { objectMetaSchema, serverMetadataFields } from './object-meta.ts';
import type { Schema } from './schema.ts';
import type { Courier } from './v1alpha1.gen.ts';
import { validate } from './validation.ts';
import type { Violation } from './violation.ts';

/** The CRD's schema, with what the API server itself asks of metadata. */
export const manifestSchema: Schema = {
  ...courierSchema,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: { ...courierSchema.properties, metadata: objectMetaSchema },
};

/** `courier` is there when nothing but unknown fields is wrong: it is what the API server would store. */
export type DecodedCourier = { readonly courier?: Courier; readonly violations: readonly Violation[] };

/**
 * Decides what the API server would make of an object whose apiVersion and kind are a Courier's: refuse unknown fields,
 * apply defaults, validate, evaluate the CEL rules.
 */
export function decodeCourier(object: unknown): DecodedCourier {
  const written = withoutServerFields(object);
  const unknown = unknownFields(manifestSchema, written);
  const value = withDefaults(manifestSchema, written);
  const structural = validate(manifestSchema, value);
  const violations = [...structural, ...checkRules(manifestSchema, value, structural)];
  if (violations.length > 0) return { violations: [...unknown, ...violations] };
  return { courier: value as Courier, violations: unknown };
}

function withoutServerFields(object: unknown): unknown {
  if (!isObject(object) || !isObject(object.metadata)) return object;
  const metadata = Object.entries(object.metadata).filter(([name]) => !serverMetadataFields.has(name));
  return { ...object, metadata: Object.fromEntries(metadata) };
}
