import { type Document, isScalar, visit, type YAMLError } from 'yaml';
import { isMergeKey, mergedMaps } from './yaml-merge.ts';

/** Why a document cannot be read, and where: an offset into its file. */
export type SyntaxProblem = {
  readonly reason: 'Syntax';
  readonly offset: number;
  readonly path: '';
  readonly message: string;
  readonly remedy: string;
};

/**
 * Why `document` cannot be read as JSON. One mistake in YAML makes the parser find others after it: only the first is
 * given, and every duplicate key, which the parser survives.
 */
export function syntaxErrors(document: Document.Parsed, text: string): readonly SyntaxProblem[] {
  const duplicates = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const others = [...document.errors, ...document.warnings].filter(({ code }) => code !== 'DUPLICATE_KEY');
  const found = [...duplicates, ...others.slice(0, 1)].map((error) => describe(error, text));
  return found.length > 0 ? found : structureErrors(document);
}

function describe({ code, message, pos: [offset] }: YAMLError, text: string): SyntaxProblem {
  if (code === 'DUPLICATE_KEY') {
    const [key = ''] = /^[^\s:]+/.exec(text.slice(offset)) ?? [];
    return problem(offset, `the key ${key} appears twice in the same object`, 'Keep one of them.');
  }
  if (code === 'TAB_AS_INDENT') return problem(offset, 'the line is indented with a tab', 'Indent with spaces.');
  if (code === 'TAG_RESOLVE_FAILED') {
    return problem(offset, `the tag is not known: ${lowerFirst(message)}`, 'Write the value without a tag.');
  }
  return problem(
    offset,
    `the file is not valid YAML: ${lowerFirst(message)}`,
    'Correct it; what follows was not read.',
  );
}

/** What YAML can say and JSON cannot: aliases without an anchor or within it, odd keys, odd merges. */
function structureErrors(document: Document.Parsed): readonly SyntaxProblem[] {
  const found: SyntaxProblem[] = [];
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document);
      const name = `*${alias.source}`;
      const offset = alias.range?.[0] ?? 0;
      if (target === undefined)
        found.push(problem(offset, `${name} has no anchor before it`, 'Define the anchor first.'));
      else if (ancestors.includes(target))
        found.push(problem(offset, `${name} contains itself`, 'Write the value out.'));
    },
    Pair(_key, { key, value }) {
      if (!isScalar(key)) {
        found.push(problem(document.range[0], 'a key is an object, a list or an alias', 'Use strings as keys.'));
      } else if (isMergeKey(key) && mergedMaps(document, value) === undefined) {
        found.push(
          problem(key.range?.[0] ?? 0, '<< merges something that is not an object', 'Merge an alias of an object.'),
        );
      }
    },
  });
  return found.length > 0 ? found : expansionErrors(document);
}

/** The parser refuses to expand aliases of aliases without end ("billion laughs"), which only the conversion shows. */
function expansionErrors(document: Document.Parsed): readonly SyntaxProblem[] {
  try {
    document.toJS();
    return [];
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [problem(document.range[0], 'the document repeats its anchors too often', 'Write the values out.')];
  }
}

function problem(offset: number, message: string, remedy: string): SyntaxProblem {
  return { reason: 'Syntax', offset, path: '', message, remedy };
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
