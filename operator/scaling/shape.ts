import { isObject } from '../../api/json.ts';

/** Whether a value from outside is what it should be. */
export type Check = (value: unknown) => boolean;

/** A check for each field of a type: one that the type gains must be checked too. */
export type FieldChecks<T> = { readonly [Field in keyof T]-?: Check };

/** An object with these fields; it may have more. */
export function objectWith<T>(fields: FieldChecks<T>): Check {
  const checks = Object.entries<Check>(fields);
  return (value) => isObject(value) && checks.every(([name, check]) => check(value[name]));
}

/** Sums of numbers up to this are still exact enough, and none that is real is larger. */
const largest = 1e15;

export const isNumber: Check = (value) => typeof value === 'number' && Math.abs(value) <= largest;

/** A number that is not negative. */
export const isAmount: Check = (value) => typeof value === 'number' && value >= 0 && value <= largest;

export function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

export function oneOf(...values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

/** A list that is no longer than any of an engine that forgets. */
export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.length <= longest && value.every(check);
}

const longest = 100;

/** A pair of numbers that are not negative. */
export const isPair: Check = (value) => Array.isArray(value) && value.length === 2 && value.every(isAmount);
