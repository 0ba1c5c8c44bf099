import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { javascriptProblems, luaProblems, promqlProblems, typescriptProblems } from './judges/code.ts';
import { jsonProblems } from './judges/json.ts';
import { shellProblems } from './judges/shell.ts';
import { mermaidProblems, textProblems } from './judges/text.ts';
import { yamlProblems } from './judges/yaml.ts';
import type { Snippet } from './markdown.ts';
import { allPages } from './pages.ts';
import { shellLines } from './shell.ts';
import { unexecuted } from './unexecuted.ts';

/** By language, what of a snippet is not so. What is run besides, terminal.test.ts and the cluster tier run. */
const judges: Readonly<Record<string, (snippet: Snippet) => readonly string[] | Promise<readonly string[]>>> = {
  sh: shellProblems,
  console: shellProblems,
  yaml: yamlProblems,
  json: jsonProblems,
  text: textProblems,
  mermaid: mermaidProblems,
  ts: typescriptProblems,
  js: javascriptProblems,
  promql: promqlProblems,
  lua: luaProblems,
};

const pages = await allPages();
const snippets = pages.flatMap(({ snippets }) => snippets);

describe('what stands in the pages as code', () => {
  for (const snippet of snippets) {
    const { page, line, language } = snippet;
    it(`is so: ${page}:${line}, ${language}`, async () => {
      const judge = judges[language];
      assert.ok(judge, `"${language}" is none of ${Object.keys(judges).join(', ')}: say what it is behind its fence`);
      assert.deepEqual(await judge(snippet), []);
    });
  }

  it('stands between fences that say its language', () => {
    const alone = pages.flatMap(({ indented }) => indented.map(({ page, line }) => `${page}:${line}`));
    assert.deepEqual(alone, []);
  });

  it('is typed somewhere, where its not being run has a reason', () => {
    const typed = snippets.flatMap(shellLines);
    const unused = unexecuted.filter(({ typed: pattern }) => !typed.some(({ text }) => pattern.test(text)));
    assert.deepEqual(unused, []);
  });
});
