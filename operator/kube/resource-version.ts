/**
 * Compares two resource versions of the same resource: negative when `a` is older, zero when they are the same.
 * Resource versions are decimal numbers of up to 128 bits without leading zeros, so the longer one is the larger one
 * (KEP-5504, part of Kubernetes' conformance).
 *
 * @returns undefined when either is not such a number: then nothing can be said.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (!isComparable(a) || !isComparable(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether `resourceVersion` is a decimal number that can be compared. "0" is not: it means "any" in a request. */
export function isComparable(resourceVersion: string): boolean {
  return /^[1-9][0-9]{0,38}$/.test(resourceVersion);
}
