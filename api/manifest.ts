import { decodeCourier } from './courier.ts';
import { type FieldPath, formatPath } from './field-path.ts';
import { isObject } from './json.ts';
import { decodeSecret, isSecret, type ManifestSecret } from './manifest-secret.ts';
import type { Problem } from './problem.ts';
import { type Position, parseSource, type SourceDocument } from './source.ts';
import { closest } from './suggestion.ts';
import type { Courier } from './v1alpha1.gen.ts';
import { display, type Violation } from './violation.ts';

/** A valid Courier and where it stands. */
export type ManifestCourier = {
  readonly courier: Courier;
  readonly file: string;
  /** The line that it begins in. */
  readonly line: number;
  /** Where a field of it stands; for one that was not written, its nearest ancestor. */
  readonly locate: (field: FieldPath) => Position;
};

/** An object of another kind: none of our business, but worth a note to who expected it to be read. */
export type SkippedObject = { readonly kind: string; readonly file: string; readonly line: number };

export type Manifests = {
  readonly couriers: readonly ManifestCourier[];
  readonly secrets: readonly ManifestSecret[];
  /** In the order of the file. While there is one, the file should not be used. */
  readonly problems: readonly Problem[];
  /** Unknown fields, when they are to be ignored. */
  readonly warnings: readonly Problem[];
  readonly skipped: readonly SkippedObject[];
};

const apiVersion = 'courier.dev/v1alpha1';

/**
 * Reads the Couriers of a file, YAML or JSON, one document or several, `List` included. Nothing is thrown: whatever is
 * wrong becomes a problem with its place in the file.
 *
 * @param file The name that problems carry.
 * @param unknownFields `Ignore` turns unknown fields into warnings, for a reader older than the writer.
 */
export function parseManifests(text: string, file: string, unknownFields: 'Refuse' | 'Ignore' = 'Refuse'): Manifests {
  const { documents, problems: syntaxProblems } = parseSource(text, file);
  const found = documents.flatMap((document) => readObject({ document, file, path: [], value: document.value }));
  const isWarning = (problem: Problem) => unknownFields === 'Ignore' && problem.reason === 'Unknown';
  const all = [...syntaxProblems, ...found.flatMap(({ problems }) => problems)];
  const valid = found.filter(({ problems }) => problems.every(isWarning));
  const couriers = valid.flatMap(({ courier }) => courier ?? []);
  const secrets = valid.flatMap(({ secret }) => secret ?? []);
  const skipped = valid.flatMap(({ skipped }) => skipped ?? []);
  const problems = [...all.filter((problem) => !isWarning(problem)), ...repeated(couriers)];
  if (couriers.length === 0 && problems.length === 0) problems.push(noCourier(file, skipped));
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { couriers, secrets, problems, warnings: all.filter(isWarning), skipped };
}

/** A value of a document that should be a Kubernetes object. */
type Candidate = {
  readonly document: SourceDocument;
  readonly file: string;
  readonly path: FieldPath;
  readonly value: unknown;
};

type Found = {
  readonly courier?: ManifestCourier;
  readonly secret?: ManifestSecret;
  readonly skipped?: SkippedObject;
  readonly problems: readonly Problem[];
};

function readObject(candidate: Candidate): readonly Found[] {
  const { document, file, path, value } = candidate;
  const wrong = identityViolation(value);
  if (wrong !== undefined) return [{ problems: [toProblem(candidate, wrong)] }];
  if (!isObject(value)) return [];
  const { line } = document.locate(path);
  if (value.kind === 'Courier') {
    const { courier, violations } = decodeCourier(value);
    const problems = violations.map((violation) => toProblem(candidate, violation));
    const locate = (field: FieldPath) => document.locate([...path, ...field]);
    return [{ problems, ...(courier === undefined ? {} : { courier: { courier, file, line, locate } }) }];
  }
  if ((value.kind === 'List' || value.kind === 'CourierList') && Array.isArray(value.items)) {
    return value.items.flatMap((item: unknown, index) =>
      readObject({ ...candidate, path: [...path, 'items', index], value: item }),
    );
  }
  const skipped = { kind: String(value.kind), file, line };
  if (!isSecret(value)) return [{ problems: [], skipped }];
  const { secret, violations } = decodeSecret(value);
  const problems = violations.map((violation) => toProblem(candidate, violation));
  return [{ problems, skipped, ...(secret === undefined ? {} : { secret }) }];
}

/** What is wrong with an object's apiVersion and kind, if it may be meant as a Courier. */
function identityViolation(value: unknown): Violation | undefined {
  const remedy = `Begin with apiVersion: ${apiVersion} and kind: Courier.`;
  if (!isObject(value)) {
    return { reason: 'Invalid', path: [], message: `${display(value)} is not an object`, remedy };
  }
  for (const field of ['apiVersion', 'kind']) {
    const given = value[field];
    if (given === undefined || given === null) {
      return {
        reason: isKubernetes(value) ? 'Required' : 'NoCourier',
        path: [field],
        message: 'is required and missing',
        remedy,
      };
    }
    if (typeof given !== 'string') {
      return {
        reason: 'Invalid',
        path: [field],
        value: given,
        message: `must be a string, not ${display(given)}`,
        remedy,
      };
    }
  }
  const { apiVersion: version, kind } = value;
  if (kind === 'Courier' && version !== apiVersion) {
    const message = `${display(version)} is not a version of Courier`;
    return { reason: 'Invalid', path: ['apiVersion'], value: version, message, remedy: `Write ${apiVersion}.` };
  }
  const isOurs = String(version).split('/')[0] === 'courier.dev';
  if (isOurs && kind !== 'Courier' && kind !== 'CourierList') {
    const near = closest(String(kind), ['Courier']);
    const message = `${display(kind)} is not a kind of courier.dev`;
    const hint = near === undefined ? 'Write Courier.' : `Did you mean ${near}?`;
    return { reason: 'Invalid', path: ['kind'], value: kind, message, remedy: hint };
  }
  return undefined;
}

/** Other YAML names neither: who reads whole directories passes over it. */
function isKubernetes({ apiVersion: version, kind }: Record<string, unknown>): boolean {
  return version !== undefined || kind !== undefined;
}

function toProblem({ document, file, path }: Candidate, violation: Violation): Problem {
  const { path: field, ...rest } = violation;
  const whole = [...path, ...field];
  const isAboutName = violation.reason === 'Unknown';
  return { ...rest, file, path: formatPath(whole), ...document.locate(whole, isAboutName ? 'name' : 'value') };
}

/** A second Courier of the same name would silently replace the first. */
function repeated(couriers: readonly ManifestCourier[]): readonly Problem[] {
  const firstLines = new Map<string, number>();
  return couriers.flatMap(({ courier, file, line }) => {
    const name = `${courier.metadata.namespace}/${courier.metadata.name}`;
    const first = firstLines.get(name);
    if (first === undefined) {
      firstLines.set(name, line);
      return [];
    }
    const message = `${name} is also the Courier of line ${first}`;
    const remedy = 'Rename or remove one of them.';
    return [{ reason: 'Duplicate', file, line, column: 1, path: 'metadata.name', message, remedy } as const];
  });
}

function noCourier(file: string, skipped: readonly SkippedObject[]): Problem {
  const kinds = [...new Set(skipped.map(({ kind }) => kind))].join(', ');
  const message = kinds === '' ? 'the file is empty' : `the file has no Courier, only ${kinds}`;
  const remedy = `Add one that begins with apiVersion: ${apiVersion} and kind: Courier.`;
  return { reason: 'NoCourier', file, line: 1, column: 1, path: '', message, remedy };
}
