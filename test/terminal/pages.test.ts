import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Desk, messages } from '../docs/desk.ts';
import { allPages } from '../docs/pages.ts';
import { needsCluster, type ShellLine, shellLines } from '../docs/shell.ts';
import { Terminal } from '../docs/terminal.ts';
import { reasonNotToRun } from '../docs/unexecuted.ts';

const isRun = (line: ShellLine) => !needsCluster(line) && reasonNotToRun(line.text) === undefined;

describe('what the pages say to type on one machine does what they say', async () => {
  for (const { path, snippets } of await allPages()) {
    const typed = snippets.map((snippet) => shellLines(snippet).filter(isRun)).filter((lines) => lines.length > 0);
    if (typed.length === 0) continue;
    it(path, async () => {
      await using desk = await Desk.open();
      const isNewcomer = path === 'README.md';
      await using terminal = await Terminal.open(isNewcomer ? { ...desk, env: desk.envWithoutKeys } : desk);
      for (const lines of typed) await terminal.typeAll(lines);
      // The test's own time limit ends the wait.
      while (isNewcomer && (await desk.audited()) < messages) await delay(50);
    });
  }
});
