import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { bundleOptions, root } from '../../scripts/bundle-options.ts';
import { sbomOf } from '../../scripts/sbom.ts';
import { type BundledPackage, bundledPackages, thirdPartyLicenses } from '../../scripts/third-party.ts';

type Component = {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
  readonly hashes: readonly { readonly content: string }[];
};
type Sbom = {
  readonly metadata: { readonly component: { readonly purl: string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly object[];
};

/** More packages of others than this in the image are a decision, and not an accident. */
const mostPackages = 70;

const { metafile } = await build({ ...bundleOptions, write: false });
const packages = await bundledPackages(metafile, root);
const nameOf = ({ name, version }: Pick<BundledPackage, 'name' | 'version'>) => `${name} ${version}`;

describe('what the bundles are made of', () => {
  it('are few packages, and every dependency among them', () => {
    assert.ok(packages.length <= mostPackages, `${packages.length} packages`);
    const bundled = packages.map(nameOf);
    for (const [name, version] of Object.entries(manifest.dependencies))
      assert.ok(bundled.includes(`${name} ${version}`), name);
  });

  it('is listed with the texts of its licences', async () => {
    const licenses = thirdPartyLicenses(packages);
    for (const { name, version, license } of packages)
      assert.ok(licenses.includes(`${name} ${version} (${license})\n`));
    for (const holder of ['Matteo Collina and Undici contributors', 'Copyright Eemeli Aro'])
      assert.ok(licenses.includes(holder), holder);
  });

  it('is refused where a licence is not allowed, or its text is missing', () => {
    const one = {
      name: 'left',
      version: '1.0.0',
      directory: 'node_modules/left',
      license: 'MIT',
      texts: ['Permission is granted'],
    };
    assert.match(thirdPartyLicenses([one]), /^left 1\.0\.0 \(MIT\)\n\nPermission is granted\n$/);
    assert.throws(() => thirdPartyLicenses([{ ...one, license: 'AGPL-3.0-only' }]), /left is licensed under AGPL-3.0/);
    assert.throws(() => thirdPartyLicenses([{ ...one, texts: [] }]), /left comes without the text of its licence, MIT/);
  });

  it('is in the SBOM, with versions, licences and what the registry holds its content to', () => {
    const { metadata, components, dependencies } = sbomOf(manifest, packages, lock) as Sbom;
    assert.equal(metadata.component.purl, `pkg:npm/courier@${manifest.version}`);
    assert.deepEqual(
      components.map((one) => `${one.name} ${one.version} ${one.licenses[0]?.license.id}`),
      packages.map((one) => `${nameOf(one)} ${one.license}`),
    );
    const undici = components.find(({ name }) => name === 'undici');
    assert.equal(undici?.purl, `pkg:npm/undici@${manifest.dependencies.undici}`);
    const digest = Buffer.from(undici?.hashes[0]?.content ?? '', 'hex').toString('base64');
    assert.equal(`sha512-${digest}`, lock.packages['node_modules/undici'].integrity);
    assert.match(components.find(({ name }) => name.startsWith('@aws-sdk/'))?.purl ?? '', /^pkg:npm\/%40aws-sdk\//);
    const refs = new Set(components.map((one) => one['bom-ref']));
    assert.equal(refs.size, components.length);
    assert.deepEqual(dependencies, [{ ref: metadata.component.purl, dependsOn: [...refs] }]);
    assert.throws(() => sbomOf(manifest, packages, { packages: {} }), /the lock file has no SHA-512 of @aws-sdk/);
  });
});
