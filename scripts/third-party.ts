import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package of somebody else's, of which code is in the bundles. */
export type BundledPackage = {
  readonly name: string;
  readonly version: string;
  /** Where it is installed: `node_modules/undici`. */
  readonly directory: string;
  /** As SPDX names it. */
  readonly license: string;
  /** The texts that its licence asks to be passed on: licences and notices. */
  readonly texts: readonly string[];
};

/** The licences under which code of others may be in the image: all permit it where their texts are passed on. */
export const allowedLicenses: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Every package of which code is in the bundles, by name and version: what was only looked at is not among them. */
export async function bundledPackages(metafile: Metafile, root: string): Promise<readonly BundledPackage[]> {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const paths = used.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  const directories = new Set(paths.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const packages = await Promise.all([...directories].map((directory) => readPackage(root, directory)));
  return packages.sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

async function readPackage(root: string, directory: string): Promise<BundledPackage> {
  const path = join(root, directory);
  const { name, version, license } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  const files = (await readdir(path)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = files.map(async (file) => (await readFile(join(path, file), 'utf8')).trim());
  return { name, version, directory, license, texts: await Promise.all(texts) };
}

/** What stands for the text of a licence where a package comes without it. */
const withoutText: ReadonlyMap<string, string> = new Map([
  ['Apache-2.0', 'Comes without a text of its own. The licence is that of Courier: see LICENSE.'],
  ['Unlicense', 'Comes without a text. It is in the public domain.'],
]);

/**
 * One text for all packages; those that share a text share it here.
 * @throws Error for a package whose licence is not allowed, or whose text is missing.
 */
export function thirdPartyLicenses(packages: readonly BundledPackage[]): string {
  const groups = Map.groupBy(packages, textOf);
  const parts = [...groups].map(([text, members]) => {
    const names = members.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return `${names.join('\n')}\n\n${text}\n`;
  });
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

function textOf({ name, license, texts }: BundledPackage): string {
  if (!allowedLicenses.has(license))
    throw new Error(`${name} is licensed under ${license}, which is not allowed. Do without it, or allow the licence.`);
  const text = texts.length > 0 ? texts.join('\n\n') : withoutText.get(license);
  if (text === undefined)
    throw new Error(`${name} comes without the text of its licence, ${license}, which asks for it. Do without it.`);
  return text;
}
