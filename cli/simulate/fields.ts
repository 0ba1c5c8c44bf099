import type { FieldPath } from '../../api/field-path.ts';
import { isObject } from '../../api/json.ts';
import { closest } from '../../api/suggestion.ts';
import { display, type Violation } from '../../api/violation.ts';

/** Reads a value at a path. What is wrong is reported; then what is returned is of no use. */
export type Read<T> = (value: unknown, path: FieldPath, report: (violation: Violation) => void) => T;

/** One field of an object: how it is read, and its value when it is absent. Without `fallback` it is required. */
export type Field<T> = { readonly read: Read<T>; readonly fallback?: T };

/** A field for each property of T; what T may lack has the fallback `undefined` and stays absent. */
export type Fields<T> = { readonly [Name in keyof Required<T>]: Field<T[Name]> };

/** A number within bounds, both included. */
export function number(min: number, max = Number.POSITIVE_INFINITY): Read<number> {
  return (value, path, report) => {
    if (typeof value === 'number' && value >= min && value <= max) return value;
    const bounds = max === Number.POSITIVE_INFINITY ? `from ${min} upwards` : `from ${min} to ${max}`;
    report(
      invalid(path, value, `${display(value)} is not a number ${bounds}`, `Write a number ${bounds}, without a unit.`),
    );
    return Number.NaN;
  };
}

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number): Read<number> {
  return (value, path, report) => {
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    const bounds = `from ${min} to ${max}`;
    report(
      invalid(path, value, `${display(value)} is not a whole number ${bounds}`, `Write a whole number ${bounds}.`),
    );
    return Number.NaN;
  };
}

export const flag: Read<boolean> = (value, path, report) => {
  if (typeof value === 'boolean') return value;
  report(invalid(path, value, `${display(value)} is neither true nor false`, 'Write true or false, without quotes.'));
  return false;
};

export const text: Read<string> = (value, path, report) => {
  if (typeof value === 'string' && value !== '') return value;
  report(invalid(path, value, `${display(value)} is not a text`, 'Write a text, in quotes if it looks like a number.'));
  return '';
};

/** Two numbers, the second not below the first. */
export function range(min: number): Read<readonly [number, number]> {
  return (value, path, report) => {
    const [from, to] = pair(value, path, report);
    if (from < min || to < from) {
      const remedy = `Write [least, most], with ${min} <= least <= most.`;
      report(invalid(path, value, `${display(value)} is not a range`, remedy));
    }
    return [from, to];
  };
}

/** Two numbers of any size. */
export const pair: Read<readonly [number, number]> = (value, path, report) => {
  if (Array.isArray(value) && value.length === 2 && value.every((part) => Number.isFinite(part))) {
    return [Number(value[0]), Number(value[1])];
  }
  report(invalid(path, value, `${display(value)} is not a pair of numbers`, 'Write two numbers, such as [5, 20].'));
  return [Number.NaN, Number.NaN];
};

export function list<T>(item: Read<T>): Read<readonly T[]> {
  return (value, path, report) => {
    if (Array.isArray(value)) return value.map((child: unknown, index) => item(child, [...path, index], report));
    const remedy = 'Write each item on a line of its own that begins with "- ".';
    report(invalid(path, value, `must be a list, not ${display(value)}`, remedy));
    return [];
  };
}

/** An object with these fields and no others. */
export function object<T>(fields: Fields<T>): Read<T> {
  return (value, path, report) => {
    const known = Object.entries<Field<unknown>>(fields);
    const names = known.map(([name]) => name);
    if (!isObject(value)) {
      const remedy = `Write its fields below it: ${names.join(', ')}.`;
      report(invalid(path, value, `must be an object, not ${display(value)}`, remedy));
      return {} as T;
    }
    for (const name of Object.keys(value)) if (!names.includes(name)) report(unknown([...path, name], name, names));
    const entries = known.flatMap(([name, field]) => {
      const given = value[name] ?? undefined;
      if (given !== undefined) return [[name, field.read(given, [...path, name], report)]];
      if (!('fallback' in field)) report(missing([...path, name]));
      return field.fallback === undefined ? [] : [[name, field.fallback]];
    });
    return Object.fromEntries(entries) as T;
  };
}

/** An object whose other fields depend on the value of its field `tag`. */
export function oneOf<T>(
  tag: string,
  kinds: Readonly<Record<string, Readonly<Record<string, Field<unknown>>>>>,
): Read<T> {
  return (value, path, report) => {
    const names = Object.keys(kinds);
    const kind = isObject(value) ? value[tag] : undefined;
    const fields = typeof kind === 'string' ? kinds[kind] : undefined;
    if (typeof kind === 'string' && fields !== undefined) {
      return object({ [tag]: { read: () => kind }, ...fields })(value, path, report) as T;
    }
    const near = typeof kind === 'string' ? closest(kind, names) : undefined;
    const remedy = near === undefined ? `Write one of ${names.join(', ')}.` : `Did you mean ${near}?`;
    const message =
      kind === undefined ? 'is required and missing' : `${display(kind)} is not one of ${names.join(', ')}`;
    report(invalid([...path, tag], kind, message, remedy));
    return {} as T;
  };
}

/** A value that may not be as it is. */
export function invalid(path: FieldPath, value: unknown, message: string, remedy: string): Violation {
  return { reason: 'Invalid', path, value, message, remedy };
}

function missing(path: FieldPath): Violation {
  return { reason: 'Required', path, message: 'is required and missing', remedy: 'Add it.' };
}

function unknown(path: FieldPath, name: string, names: readonly string[]): Violation {
  const near = closest(name, names);
  const remedy = near === undefined ? `Remove it; here go ${names.join(', ')}.` : `Did you mean ${near}?`;
  return { reason: 'Unknown', path, message: 'is not a field of a scenario', remedy };
}
