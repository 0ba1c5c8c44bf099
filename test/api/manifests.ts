import type { FieldPath } from '../../api/field-path.ts';
import type { Schema, ValidationRule } from '../../api/schema.ts';

/** The smallest valid manifest, as an object that a test may change. */
function smallest(): Record<string, unknown> {
  return {
    apiVersion: 'courier.dev/v1alpha1',
    kind: 'Courier',
    metadata: { name: 'orders' },
    spec: {
      queue: { url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders' },
      recipient: { url: 'http://orders.shop.svc/events' },
      audit: { firehose: { deliveryStreamName: 'orders-audit' } },
    },
  };
}

/** The smallest valid manifest with the fields given by their paths, `spec.queue.region`; undefined removes one. */
export function courierWith(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const courier = smallest();
  for (const [path, value] of Object.entries(fields)) setField(courier, path.split('.'), value);
  return courier;
}

function setField(object: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [field = '', ...rest] = path;
  if (rest.length > 0) {
    const child = { ...(object[field] as Record<string, unknown> | undefined) };
    setField(child, rest, value);
    object[field] = child;
  } else if (value === undefined) delete object[field];
  else object[field] = value;
}

/** Every node of a schema with its path; `[]` stands for the items of a list, `*` for the values of a map. */
export function* nodesOf(schema: Schema, path: FieldPath = []): Generator<{ path: FieldPath; schema: Schema }> {
  yield { path, schema };
  for (const [name, child] of Object.entries(schema.properties ?? {})) yield* nodesOf(child, [...path, name]);
  if (schema.items !== undefined) yield* nodesOf(schema.items, [...path, '[]']);
  if (schema.additionalProperties !== undefined) yield* nodesOf(schema.additionalProperties, [...path, '*']);
}

export function rulesOf(schema: Schema): readonly ValidationRule[] {
  return schema['x-kubernetes-validations'] ?? [];
}

/** A rule's place in its schema and its number there: `spec.queue#0`. */
export function ruleKeys(root: Schema): readonly { key: string; rule: ValidationRule }[] {
  return [...nodesOf(root)].flatMap(({ path, schema }) =>
    rulesOf(schema).map((rule, index) => ({ key: `${path.join('.')}#${index}`, rule })),
  );
}

/** The remedy of a rule: the second sentence of its message. */
export function remedyOf({ message }: ValidationRule): string {
  return message.slice(message.lastIndexOf('. ') + 2);
}
