import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles } from './generate/files.ts';

/**
 * Writes every generated file. With `--check` it writes nothing and exits 1 when a file is stale, naming it.
 */
async function main(check: boolean): Promise<void> {
  const root = join(import.meta.dirname, '..');
  const stale: string[] = [];
  for (const [path, text] of await generatedFiles(root)) {
    const present = await readFile(join(root, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (present === text) continue;
    stale.push(path);
    if (!check) await writeFile(join(root, path), text);
  }
  if (check && stale.length > 0) {
    console.error(`Stale: ${stale.join(', ')}. Run npm run generate.`);
    process.exitCode = 1;
  } else {
    console.log(stale.length === 0 ? 'Everything is up to date.' : `Wrote ${stale.join(', ')}.`);
  }
}

await main(process.argv.includes('--check'));
