/** Where a value stands in an object: names of fields and indexes of lists, from the root. */
export type FieldPath = readonly (string | number)[];

/** Writes a path as the API server does: `spec.recipient.headers[0].name`. Map keys that hold a dot are in brackets. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (/[.[\]\s]/.test(step)) return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** True when `path` is `ancestor` or stands beneath it. */
export function isWithin(path: FieldPath, ancestor: FieldPath): boolean {
  return ancestor.every((step, index) => path[index] === step);
}
