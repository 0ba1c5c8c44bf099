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
  readonly type: SchemaType;
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
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  /** The values of a map, whose keys are free. Never beside `properties`. */
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-list-type'?: 'map' | 'set' | 'atomic';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
};
