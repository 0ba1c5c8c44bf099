import { chmod, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import lock from '../package-lock.json' with { type: 'json' };
import { bundleOptions, root } from './bundle-options.ts';
import { sbomOf } from './sbom.ts';
import { bundledPackages, thirdPartyLicenses } from './third-party.ts';

/** Makes what an image or the npm package ships, in `dist/`: the bundles, and licences and SBOM of what is in them. */
await rm(`${root}dist`, { recursive: true, force: true });
const { metafile } = await build(bundleOptions);
await chmod(`${root}dist/courier.mjs`, 0o755);
const packages = await bundledPackages(metafile, root);
await writeFile(`${root}dist/THIRD_PARTY_LICENSES`, thirdPartyLicenses(packages));
await writeFile(`${root}dist/courier.cdx.json`, `${JSON.stringify(sbomOf(manifest, packages, lock), undefined, 2)}\n`);
