import type { BundledPackage } from './third-party.ts';

/** What a lock file knows of packages, by their directories. */
export type LockFile = {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
};

/** The program that the packages are bundled into. */
export type Program = { readonly name: string; readonly version: string; readonly license: string };

/**
 * A CycloneDX 1.6 document of what is in the bundles: `npm sbom --omit=dev` leaves out what is needed in development as well.
 * It has neither a time nor a random number, so that the same sources make the same bytes.
 *
 * @throws Error for a package that the lock file does not hold to its content.
 */
export function sbomOf(program: Program, packages: readonly BundledPackage[], lock: LockFile): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', ...described(program) } },
    components: packages.map((one) => ({ type: 'library', ...described(one), hashes: [hashOf(one, lock)] })),
    dependencies: [{ ref: purlOf(program), dependsOn: packages.map(purlOf) }],
  };
}

function described(one: Program): object {
  const purl = purlOf(one);
  return { 'bom-ref': purl, name: one.name, version: one.version, purl, licenses: [{ license: { id: one.license } }] };
}

/** https://github.com/package-url/purl-spec: the @ of a scope is encoded. */
function purlOf({ name, version }: Program): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function hashOf({ name, directory }: BundledPackage, { packages }: LockFile): object {
  const [, digest] = /^sha512-(.+)$/.exec(packages[directory]?.integrity ?? '') ?? [];
  if (digest === undefined) throw new Error(`the lock file has no SHA-512 of ${name}: install it from a registry`);
  return { alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') };
}
