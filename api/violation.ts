import type { FieldPath } from './field-path.ts';

/**
 * - `Unknown`: a field that the schema does not have. The API server drops it; kubectl and `courier` refuse it.
 * - `Required`: a field that must be there and is not.
 * - `Duplicate`: a second list item of the same key, or a second Courier of the same name.
 * - `Invalid`: any other value that may not be.
 * - `Syntax`: text that is neither YAML nor JSON.
 * - `NoCourier`: a file that has no Courier in it, or YAML that is no Kubernetes object.
 */
export type ViolationReason = 'Unknown' | 'Required' | 'Duplicate' | 'Invalid' | 'Syntax' | 'NoCourier';

/** What is wrong with one field of an object. */
export type Violation = {
  readonly reason: ViolationReason;
  readonly path: FieldPath;
  /** The value seen; absent when there is none or when it may be a secret. */
  readonly value?: unknown;
  /** What is wrong, a sentence without its full stop that names the value seen. */
  readonly message: string;
  /** What to change, a sentence. */
  readonly remedy: string;
};

const longestShown = 80;

/** A value as messages show it: JSON, at most 80 characters. */
export function display(value: unknown): string {
  return shorten(typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)));
}

/** `text` if it has at most 80 characters, else its beginning and an ellipsis. */
export function shorten(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 3)}...`;
}
