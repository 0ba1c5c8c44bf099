import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import type { KubeObject } from '../kube/objects.ts';
import { namespaced, type Resource } from '../kube/resources.ts';

type Secret = KubeObject & { readonly data?: Readonly<Record<string, string>> };

export const secrets: Resource<Secret> = namespaced<Secret>('v1', 'Secret', 'secrets');

/** The Secret in the operator's own namespace that holds its key, and the key in it. */
export const operatorKeySecret = { name: 'courier-operator', key: 'exchange-key' } as const;

const keyBytes = 32;

/**
 * Reads the operator's key, made at the first start. All replicas of the operator share it, so that a new leader can talk
 * to the workers of the old one.
 *
 * @throws KubeError when the Secret can be neither read nor created.
 * @throws Error when it is there without a usable key.
 */
export async function readOperatorKey(
  client: Pick<KubeClient, 'get' | 'find' | 'create'>,
  namespace: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const ref = { namespace, name: operatorKeySecret.name };
  const known = await client.find(secrets, ref, signal);
  if (known !== undefined) return keyIn(known);
  const data = { [operatorKeySecret.key]: randomBytes(keyBytes).toString('base64') };
  try {
    return keyIn(await client.create(secrets, { metadata: ref, data }, {}, signal));
  } catch (error) {
    // Another replica was faster.
    if (!(error instanceof KubeError && error.isAlreadyExists)) throw error;
    return keyIn(await client.get(secrets, ref, signal));
  }
}

function keyIn({ metadata, data }: Secret): Uint8Array {
  const key = Buffer.from(data?.[operatorKeySecret.key] ?? '', 'base64');
  if (key.length >= keyBytes) return key;
  throw new Error(
    `the Secret ${metadata.namespace}/${metadata.name} has no ${operatorKeySecret.key} of ${keyBytes} bytes: delete it, and a new one is made`,
  );
}
