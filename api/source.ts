import {
  type CollectionTag,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type ScalarTag,
  type YAMLMap,
} from 'yaml';
import type { FieldPath } from './field-path.ts';
import type { Problem } from './problem.ts';
import { syntaxErrors } from './syntax-errors.ts';
import { isMergeKey, mergedMaps } from './yaml-merge.ts';

/** A place in a file; 1 is the first line and the first column. */
export type Position = { readonly line: number; readonly column: number };

/** One document of a file: its content as JSON, and where each field of it stands. */
export type SourceDocument = {
  readonly value: unknown;
  /** Where the field at `path` stands: its value, or its name. For a field that is not there, its nearest ancestor. */
  locate(path: FieldPath, part?: 'name' | 'value'): Position;
};

/** What the YAML of kubectl does not have, or reads as plain strings. */
const foreignTags = /:(?:binary|omap|pairs|set|timestamp)$/;

/**
 * Reads a file of one or more YAML or JSON documents, as kubectl does: YAML 1.1, so that `yes` is a boolean, without its
 * dates and sexagesimal numbers. Empty documents are left out; when one cannot be read, none is given.
 */
export function parseSource(
  text: string,
  file: string,
): { readonly documents: readonly SourceDocument[]; readonly problems: readonly Problem[] } {
  const lineCounter = new LineCounter();
  const parsed: readonly Document.Parsed[] = Array.from(
    parseAllDocuments(text, {
      lineCounter,
      version: '1.1',
      prettyErrors: false,
      customTags: (tags) => tags.filter((tag) => !isForeign(tag)),
    }),
  );
  const positionOf = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const problems = parsed.flatMap((document) =>
    syntaxErrors(document, text).map(({ offset, ...error }) => ({ ...error, file, ...positionOf(offset) })),
  );
  if (problems.length > 0) return { documents: [], problems };
  const documents = parsed
    .filter(({ contents }) => contents !== null && !(isScalar(contents) && contents.value === null))
    .map((document) => ({
      value: document.toJS() as unknown,
      locate: (path: FieldPath, part: 'name' | 'value' = 'value') => positionOf(offsetOf(document, path, part)),
    }));
  return { documents, problems };
}

function isForeign(tag: ScalarTag | CollectionTag | string): boolean {
  return typeof tag !== 'string' && (foreignTags.test(tag.tag) || ('format' in tag && tag.format === 'TIME'));
}

function offsetOf(document: Document.Parsed, path: FieldPath, part: 'name' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const isNamed = part === 'name' && depth === path.length - 1;
    if (isMap(container)) {
      const pair = findPair(document, container, String(step));
      if (pair === undefined) return offset;
      node = pair.value;
      offset = startOf(isNamed || !hasText(node) ? pair.key : node) ?? offset;
    } else if (isSeq(container)) {
      node = container.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

/** The pair of `name` in `map` or, failing that, in what is merged into it by `<<`. */
function findPair(document: Document.Parsed, map: YAMLMap, name: string): Pair | undefined {
  const own = map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
  if (own !== undefined) return own;
  for (const { key, value } of map.items) {
    if (!isMergeKey(key)) continue;
    for (const merged of mergedMaps(document, value) ?? []) {
      const pair = findPair(document, merged, name);
      if (pair !== undefined) return pair;
    }
  }
  return undefined;
}

/** Objects, lists and absent values are found by their name, which stands on the line that a person would look for. */
function hasText(node: unknown): boolean {
  return isScalar(node) && node.value !== null;
}

function startOf(node: unknown): number | undefined {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0];
  return undefined;
}
