import * as models from '@kubernetes/client-node';

type AttributeType = { readonly name: string; readonly baseName: string; readonly type: string };
type Model = { getAttributeTypeMap(): readonly AttributeType[] };

/**
 * What Kubernetes' own model of an object's kind does not know or has of another type, each with its path. It knows
 * nothing of required fields: the API server's dry run does, in the cluster tier.
 *
 * @returns undefined for a kind that is not Kubernetes' own.
 */
export function strictProblems(object: { readonly apiVersion: string; readonly kind: string }) {
  const version = object.apiVersion.split('/').at(-1) ?? '';
  const model = modelOf(version[0]?.toUpperCase() + version.slice(1) + object.kind);
  return model === undefined ? undefined : problemsIn(object, model, object.kind);
}

function modelOf(name: string): Model | undefined {
  const found: unknown = (models as Readonly<Record<string, unknown>>)[name];
  return isModel(found) ? found : undefined;
}

function isModel(value: unknown): value is Model {
  return typeof value === 'function' && 'getAttributeTypeMap' in value;
}

function problemsIn(value: object, model: Model, path: string): readonly string[] {
  const attributes = new Map(model.getAttributeTypeMap().map((attribute) => [attribute.baseName, attribute.type]));
  return Object.entries(value).flatMap(([field, child]) => {
    const type = attributes.get(field);
    return type === undefined ? [`${path}.${field}: no such field`] : typeProblems(child, type, `${path}.${field}`);
  });
}

function typeProblems(value: unknown, type: string, path: string): readonly string[] {
  const [, item] = /^Array<(.+)>$/.exec(type) ?? [];
  if (item !== undefined) {
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return value.flatMap((child, index) => typeProblems(child, item, `${path}[${index}]`));
  }
  const [, mapped] = /^\{ \[key: string\]: (.+); \}$/.exec(type) ?? [];
  if (mapped !== undefined) {
    if (!isObject(value)) return [`${path}: not a map`];
    return Object.entries(value).flatMap(([key, child]) => typeProblems(child, mapped, `${path}.${key}`));
  }
  const model = modelOf(type);
  if (model !== undefined) return isObject(value) ? problemsIn(value, model, path) : [`${path}: not an object`];
  if (type === 'any' || type === 'object') return [];
  if (type === 'IntOrString') return ['string', 'number'].includes(typeof value) ? [] : [`${path}: not ${type}`];
  const primitive = type === 'Date' || type === 'V1MicroTime' ? 'string' : type;
  return typeof value === primitive ? [] : [`${path}: ${JSON.stringify(value)} is not a ${type}`];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
