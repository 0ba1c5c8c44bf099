import { expandVariables } from './expansion.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Container, EnvFromSource, EnvVarSource, KeySelector, Pod } from './objects.ts';
import { type PodAddresses, podField } from './pod-fields.ts';

/** Variables by name. */
export type Environment = Readonly<Record<string, string>>;

/** Where the values of variables come from. */
export type EnvironmentContext = {
  readonly pod: Pod;
  readonly addresses: PodAddresses;
  readonly objects: ObjectReader;
};

/**
 * The variables that a container's `envFrom` and `env` give it: later ones win, and see those before them as `$(NAME)`.
 * @param base what the cluster gives to every container.
 * @throws Error when an object or key is missing that is not optional.
 */
export async function resolveEnvironment(
  container: Container,
  base: Environment,
  context: EnvironmentContext,
): Promise<Environment> {
  const variables: Record<string, string> = { ...base };
  for (const source of container.envFrom ?? []) Object.assign(variables, await allKeys(source, context));
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    const resolved = valueFrom === undefined ? expandVariables(value, variables) : await resolve(valueFrom, context);
    if (resolved !== undefined) variables[name] = resolved;
  }
  return variables;
}

async function allKeys(source: EnvFromSource, context: EnvironmentContext): Promise<Environment> {
  const { prefix = '', configMapRef, secretRef } = source;
  const data =
    configMapRef === undefined
      ? await secretData(secretRef?.name ?? '', secretRef?.optional, context)
      : await configMapData(configMapRef.name, configMapRef.optional, context);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [prefix + key, value]));
}

async function resolve(source: EnvVarSource, context: EnvironmentContext): Promise<string | undefined> {
  const { fieldRef, configMapKeyRef, secretKeyRef } = source;
  if (fieldRef !== undefined) return podField(context.pod, context.addresses, fieldRef.fieldPath);
  if (configMapKeyRef !== undefined) {
    const { name, optional } = configMapKeyRef;
    return keyOf(`configmap ${name}`, await configMapData(name, optional, context), configMapKeyRef);
  }
  if (secretKeyRef !== undefined) {
    const { name, optional } = secretKeyRef;
    return keyOf(`secret ${name}`, await secretData(name, optional, context), secretKeyRef);
  }
  throw new Error(`env takes ${Object.keys(source).join()} as its source, which this kubelet does not know`);
}

function keyOf(object: string, data: Environment, { key, optional }: KeySelector): string | undefined {
  const value = data[key];
  if (value === undefined && !optional) throw new Error(`${object} has no key ${key}`);
  return value;
}

async function configMapData(
  name: string,
  optional = false,
  { pod, objects }: EnvironmentContext,
): Promise<Environment> {
  const object = await objects.configMap(pod.metadata.namespace, name);
  if (object === undefined && !optional) throw new Error(`configmap ${name} not found`);
  return object?.data ?? {};
}

async function secretData(name: string, optional = false, { pod, objects }: EnvironmentContext): Promise<Environment> {
  const object = await objects.secret(pod.metadata.namespace, name);
  if (object === undefined && !optional) throw new Error(`secret ${name} not found`);
  const decoded = Object.entries(object?.data ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  return Object.fromEntries(decoded);
}
