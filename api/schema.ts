/** The JSON types that the schema of a Courier is made of. */
export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'boolean';

/** One CEL rule, as the API server evaluates it. */
export type ValidationRule = {
  readonly rule: string;
  /** Two sentences: what is wrong, and the remedy. Said when `messageExpression` is absent or fails. */
  readonly message: string;
  readonly messageExpression?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueDuplicate';
  /** Which child the problem is about, like `.region`; the rule's own object when absent. */
  readonly fieldPath?: string;
};

/** The part of the API server's structural schemas that `crds/` uses; a test refuses any other keyword there. */
export type Schema = {
  /** Absent exactly where `x-kubernetes-int-or-string` is set. */
  readonly type?: SchemaType;
  readonly description?: string;
  readonly default?: unknown;
  /** `int32`, `int64`; `password` marks a string that no message may quote. */
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  /** The values of a map, whose keys are free. Never beside `properties`. */
  readonly additionalProperties?: Schema;
  /** A whole number or a string: a quantity. */
  readonly 'x-kubernetes-int-or-string'?: boolean;
  /** Whatever is in the object stays as it is, and nothing of it is checked. */
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'map' | 'set' | 'atomic';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
};

/** The type of a value that `schema` describes. */
export function typeOf(schema: Schema): SchemaType | 'int-or-string' {
  if (schema.type !== undefined) return schema.type;
  if (schema['x-kubernetes-int-or-string'] === true) return 'int-or-string';
  throw new Error(`a schema has no type: ${schema.description}`);
}
