import { chmod, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Modules of dependencies that are not ESM call `require`, which ESM does not have. */
const requireForDependencies =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/**
 * Makes what an image or the npm package ships: `dist/courier.mjs`, the command line, `dist/worker.mjs`, one worker, and
 * `dist/operator.mjs`, the operator.
 * What a command does not need is in chunks of its own and is not loaded. The same sources make the same bytes.
 */
await rm(`${root}dist`, { recursive: true, force: true });
await build({
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
  logLevel: 'warning',
});
await chmod(`${root}dist/courier.mjs`, 0o755);
