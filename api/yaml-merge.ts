import { type Document, isAlias, isMap, isScalar, isSeq, Scalar, type YAMLMap } from 'yaml';

/** True for the key `<<` of YAML 1.1, which puts the fields of other objects into this one. In quotes it is any key. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === Scalar.PLAIN && key.source === '<<';
}

/** What is merged by the value of a merge key, first the one that wins; undefined when one of it is no object. */
export function mergedMaps(document: Document, value: unknown): readonly YAMLMap[] | undefined {
  const resolved = isAlias(value) ? value.resolve(document) : value;
  const sources = (isSeq(resolved) ? resolved.items : [resolved]).map((source) =>
    isAlias(source) ? source.resolve(document) : source,
  );
  return sources.every((source) => isMap(source)) ? sources : undefined;
}
