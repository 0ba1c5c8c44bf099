import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { undiciParts } from './undici-parts.ts';

/** Modules of dependencies that are not ESM call `require`, which ESM does not have. */
const requireForDependencies =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** The project's directory, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * How the bundles are made: `courier.mjs`, the command line, `worker.mjs`, one worker, and `operator.mjs`, the operator.
 * What a command does not need is in chunks of its own and is not loaded. The same sources make the same bytes.
 */
export const bundleOptions = {
  absWorkingDir: root,
  entryPoints: [
    { in: 'cli/main.ts', out: 'courier' },
    { in: 'worker/main.ts', out: 'worker' },
    { in: 'operator/main.ts', out: 'operator' },
  ],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  // The AWS SDK has both: of its CommonJS a lazily loaded chunk would have no named exports.
  mainFields: ['module', 'main'],
  target: 'node24',
  format: 'esm',
  banner: { js: requireForDependencies },
  plugins: [undiciParts],
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;
