import assert from 'node:assert/strict';
import { access, readdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import type { Page, Place } from './markdown.ts';
import { allPages, project } from './pages.ts';

const pages = await allPages();
const anchors = new Map(pages.map(({ path, anchors }) => [path, anchors]));
const topLevel = new Set(await readdir(project));
/** Folders and files that a build, a run or a release makes. */
const made = /^(?:dist|node_modules|audit|test\/cluster\/previous-release)(?:[./]|$)/;

describe('every page', () => {
  for (const page of pages) {
    it(`leads to pages, anchors and files that are there: ${page.path}`, async () => {
      assert.deepEqual(await brokenIn(page), []);
    });
  }

  it('is led to from the README, or from a page that is', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) for (const target of targetsOf(path)) reached.add(target);
    assert.deepEqual(
      pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path)),
      [],
    );
  });
});

async function brokenIn({ path, links, code }: Page): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const link of links) if (!(await leadsSomewhere(path, link.text))) broken.push(inShort(link));
  for (const span of code) {
    const [first = ''] = span.text.split('/');
    const isPath = /^[\w.-]+(?:\/[\w.-]+)+\/?$/.test(span.text) && topLevel.has(first) && !made.test(span.text);
    if (isPath && !(await exists(span.text))) broken.push(inShort(span));
  }
  return broken;
}

async function leadsSomewhere(from: string, link: string): Promise<boolean> {
  if (/^[a-z]+:/.test(link)) return URL.canParse(link) && link.startsWith('https://');
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (path.startsWith('..') || !(await exists(path))) return false;
  return anchor === undefined || (anchors.get(path)?.has(anchor) ?? false);
}

async function exists(path: string): Promise<boolean> {
  return await access(join(project, path)).then(
    () => true,
    () => false,
  );
}

/** The pages that a page has links to; a folder stands for its README. */
function targetsOf(path: string): readonly string[] {
  const links = pages.find((page) => page.path === path)?.links ?? [];
  return links.map(({ text }) => normalize(join(dirname(path), text.split('#')[0] ?? '')));
}

function inShort({ page, line, text }: Place): string {
  return `${page}:${line}: ${text}`;
}
