import type { ObjectReader } from './object-reader.ts';
import type {
  ConfigMapProjection,
  DownwardProjection,
  KeyToPath,
  Pod,
  Projection,
  SecretProjection,
  TokenProjection,
  Volume,
} from './objects.ts';
import { type PodAddresses, podField } from './pod-fields.ts';
import type { TokenSource } from './token-source.ts';

/** A file of a volume; `path` is relative and may have folders. */
export type VolumeFile = { readonly path: string; readonly content: Buffer; readonly mode: number };

/** Where the content of volumes comes from. */
export type VolumeContext = {
  readonly pod: Pod;
  readonly addresses: PodAddresses;
  readonly objects: ObjectReader;
  readonly tokens: TokenSource;
};

const defaultFileMode = 0o644;

/**
 * What a volume that is made of objects holds now; undefined for a volume that is a plain directory.
 * @throws Error when an object or key is missing that is not optional.
 */
export async function volumeFiles(volume: Volume, context: VolumeContext): Promise<readonly VolumeFile[] | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) return projectAll([{ configMap }], configMap.defaultMode, context);
  if (secret !== undefined)
    return projectAll([{ secret: { ...secret, name: secret.secretName } }], secret.defaultMode, context);
  if (downwardAPI !== undefined) return projectAll([{ downwardAPI }], downwardAPI.defaultMode, context);
  if (projected !== undefined) return projectAll(projected.sources ?? [], projected.defaultMode, context);
  return undefined;
}

async function projectAll(
  sources: readonly Projection[],
  mode = defaultFileMode,
  context: VolumeContext,
): Promise<readonly VolumeFile[]> {
  const files = await Promise.all(sources.map((source) => project(source, mode, context)));
  return files.flat();
}

async function project(source: Projection, mode: number, context: VolumeContext): Promise<readonly VolumeFile[]> {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap !== undefined) return configMapFiles(configMap, mode, context);
  if (secret !== undefined) return secretFiles(secret, mode, context);
  if (downwardAPI !== undefined) return downwardFiles(downwardAPI, mode, context);
  if (serviceAccountToken !== undefined) return tokenFiles(serviceAccountToken, mode, context);
  throw new Error(`a volume projects ${Object.keys(source).join()}, which this kubelet does not know`);
}

async function configMapFiles(source: ConfigMapProjection, mode: number, { pod, objects }: VolumeContext) {
  const object = await objects.configMap(pod.metadata.namespace, source.name);
  if (object === undefined && !source.optional) throw new Error(`configmap ${source.name} not found`);
  const texts = Object.entries(object?.data ?? {}).map(([key, text]) => [key, Buffer.from(text)] as const);
  return chosenFiles(`configmap ${source.name}`, new Map([...texts, ...decoded(object?.binaryData)]), source, mode);
}

async function secretFiles(source: SecretProjection, mode: number, { pod, objects }: VolumeContext) {
  const object = await objects.secret(pod.metadata.namespace, source.name);
  if (object === undefined && !source.optional) throw new Error(`secret ${source.name} not found`);
  return chosenFiles(`secret ${source.name}`, new Map(decoded(object?.data)), source, mode);
}

function decoded(data: Readonly<Record<string, string>> = {}): (readonly [string, Buffer])[] {
  return Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const);
}

/** All keys under their own names, or those of `items` at their paths. */
function chosenFiles(
  object: string,
  contents: ReadonlyMap<string, Buffer>,
  { items, optional }: { readonly items?: readonly KeyToPath[]; readonly optional?: boolean },
  mode: number,
): readonly VolumeFile[] {
  if (items === undefined) return [...contents].map(([path, content]) => ({ path, content, mode }));
  const files: VolumeFile[] = [];
  for (const { key, path, mode: ownMode = mode } of items) {
    const content = contents.get(key);
    if (content !== undefined) files.push({ path, content, mode: ownMode });
    else if (!optional) throw new Error(`${object} has no key ${key}`);
  }
  return files;
}

function downwardFiles({ items = [] }: DownwardProjection, mode: number, { pod, addresses }: VolumeContext) {
  return items.map(({ path, fieldRef, mode: ownMode = mode }): VolumeFile => {
    if (fieldRef === undefined) throw new Error(`downward API file ${path} has no fieldRef: this kubelet needs one`);
    return { path, content: Buffer.from(podField(pod, addresses, fieldRef.fieldPath)), mode: ownMode };
  });
}

async function tokenFiles(source: TokenProjection, mode: number, { pod, tokens }: VolumeContext) {
  return [{ path: source.path, content: Buffer.from(await tokens.token(pod, source)), mode }];
}
