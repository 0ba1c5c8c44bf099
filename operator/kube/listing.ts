import { invalid, objectOf, resourceVersionOf } from './answers.ts';
import { isRecord, KubeError } from './errors.ts';
import type { KubeObject } from './objects.ts';
import type { ObjectList } from './requests.ts';
import { type Resource, resourceName } from './resources.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/**
 * Reads a list page by page. Where the token for the next page has expired, the whole is asked for again without a limit,
 * as client-go does: a list that keeps expiring would never end.
 */
export async function listAll<T extends KubeObject>(
  resource: Resource<T>,
  query: Query,
  page: (query: Query) => Promise<unknown>,
): Promise<ObjectList<T>> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const part = await pageOrExpired(() => page(next === undefined ? query : followUp(query, next)), next);
    if (part === undefined) return await listAll(resource, { ...query, limit: undefined }, page);
    items.push(...itemsOf(resource, part));
    next = continueOf(part);
    if (next === undefined)
      return { items, resourceVersion: resourceVersionOf(`list ${resourceName(resource)}`, part) };
  }
}

/** The token holds the resource version; a server refuses requests that name both. */
function followUp({ resourceVersion: _, resourceVersionMatch: __, ...query }: Query, token: string): Query {
  return { ...query, continue: token };
}

async function pageOrExpired(page: () => Promise<unknown>, token: string | undefined): Promise<unknown> {
  try {
    return await page();
  } catch (error) {
    if (token !== undefined && error instanceof KubeError && error.isGone) return undefined;
    throw error;
  }
}

function itemsOf<T extends KubeObject>(resource: Resource<T>, part: unknown): T[] {
  if (!isRecord(part) || !(Array.isArray(part.items) || part.items === null)) {
    throw invalid(`list ${resourceName(resource)}`, 'a list without items');
  }
  return (part.items ?? []).map((item) => objectOf(resource, item));
}

function continueOf(part: unknown): string | undefined {
  const metadata = isRecord(part) ? part.metadata : undefined;
  const token = isRecord(metadata) ? metadata.continue : undefined;
  return typeof token === 'string' && token !== '' ? token : undefined;
}
