import { invalidParameter, missingParameter, ServiceError } from './errors.ts';

/** The JSON object of a request, not yet trusted. */
export type Input = Readonly<Record<string, unknown>>;

/** Reads a value as an object; `name` is what the error calls it. */
export function asInput(value: unknown, name = 'the request'): Input {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ServiceError('SerializationException', `${name} must be a JSON object, not ${JSON.stringify(value)}.`);
  }
  return value as Input;
}

/** A text that must be there and not be empty. @throws ServiceError `MissingParameter` */
export function requiredText(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

/** A text, or undefined where there is none. */
export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidParameter(name, JSON.stringify(value), 'Must be a string.');
  return value;
}

/** A whole number within bounds, or undefined where there is none. @throws ServiceError `InvalidParameterValue` */
export function optionalInteger(input: Input, name: string, min: number, max: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw invalidParameter(name, value, `Must be >= ${min} and <= ${max}, if provided.`);
  }
  return value;
}

/** A list, empty where there is none. */
export function optionalList(input: Input, name: string): readonly unknown[] {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidParameter(name, JSON.stringify(value), 'Must be a list.');
  return value;
}

/** A list of texts, empty where there is none. */
export function optionalTexts(input: Input, name: string): readonly string[] {
  return optionalList(input, name).map((item) => {
    if (typeof item !== 'string') throw invalidParameter(name, JSON.stringify(item), 'Must be a string.');
    return item;
  });
}

/** A map from text to text, empty where there is none. */
export function optionalTextMap(input: Input, name: string): Readonly<Record<string, string>> {
  const value = input[name];
  if (value === undefined || value === null) return {};
  const entries = Object.entries(asInput(value, name)).map(([key, text]) => {
    if (typeof text !== 'string') throw invalidParameter(`${name}.${key}`, JSON.stringify(text), 'Must be a string.');
    return [key, text] as const;
  });
  return Object.fromEntries(entries);
}
