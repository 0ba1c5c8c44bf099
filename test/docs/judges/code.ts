import { spawnSync } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LuaFactory } from 'wasmoon';
import { exportedMetrics } from '../../chart/exported-metrics.ts';
import { metricsIn } from '../../chart/promql.ts';
import type { Snippet } from '../markdown.ts';
import { project } from '../pages.ts';

/** TypeScript on a page must stand in a file that is typechecked and run; nothing else keeps it true. */
export async function typescriptProblems({ text }: Snippet): Promise<readonly string[]> {
  const wanted = squeezed(text);
  for await (const path of glob('{examples,test,operator,worker,cli,api,bench}/**/*.ts', { cwd: project })) {
    if (squeezed(await readFile(join(project, path), 'utf8')).includes(wanted)) return [];
  }
  return ['no source file has this code, so nothing checks it'];
}

/** A module must be one; consumers.test.ts runs it. */
export function javascriptProblems({ text }: Snippet): readonly string[] {
  const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    ...{ input: text, encoding: 'utf8' },
  });
  return status === 0 ? [] : [stderr];
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** A query must parse, and ask for metrics that are exported. */
export async function promqlProblems({ text }: Snippet): Promise<readonly string[]> {
  const exported = await exportedMetrics();
  const uses = text.split(/\n{2,}/).flatMap((query) => metricsIn(query.trim()));
  return uses.filter(({ metric }) => !exported.has(metric)).map(({ metric }) => `${metric} is exported by nobody`);
}

/** A script must load. */
export async function luaProblems({ text }: Snippet): Promise<readonly string[]> {
  const lua = await new LuaFactory().createEngine();
  try {
    await lua.doString(`local function snippet(obj)\n${text}\nend`);
    return [];
  } catch (error) {
    return [String(error)];
  } finally {
    lua.global.close();
  }
}
