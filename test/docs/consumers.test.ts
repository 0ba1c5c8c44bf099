import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { killAtExit } from '../cluster/end-with-parent.ts';
import { Desk } from './desk.ts';
import { allPages } from './pages.ts';

const snippets = (await allPages()).flatMap(({ snippets }) => snippets).filter(({ language }) => language === 'js');

/** What the programs of pages call with a message's body and id. */
const fulfil = "export const fulfil = async (body, id) => console.log('fulfilled', body.order, id);\n";

describe('a program that a page shows', () => {
  for (const { page, line, text } of snippets) {
    it(`does with a message what it says, whether it asks a queue or is sent a request: ${page}:${line}`, async (test) => {
      await using desk = await Desk.open();
      const [port = ''] = desk.replaced.map(([, to]) => to);
      await writeFile(join(desk.directory, 'fulfil.mjs'), fulfil);
      const QueueUrl = `${desk.aws.endpoint}/${desk.aws.accountId}/orders`;
      // A client of the SDK sends its requests to the host of the queue's URL.
      const here = text.replaceAll(/https:\/\/sqs[^'"]+/g, QueueUrl).replaceAll('8080', port);
      await writeFile(join(desk.directory, 'program.mjs'), here);
      const child = spawn(process.execPath, ['program.mjs'], { cwd: desk.directory, env: desk.env });
      killAtExit(child);
      test.after(() => child.kill('SIGKILL'));
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (more: string) => {
          said += more;
        });
      const body = JSON.stringify({ order: 7 });
      await desk.aws.sqs.call('SendMessage', { QueueUrl, MessageBody: body });
      const request = { method: 'POST', body, headers: { 'courier-message-id': 'the-id' } };
      while (!/fulfilled 7 \S+-/.test(said)) {
        if (child.exitCode !== null) throw new Error(`it ended:\n${said}`);
        await fetch(`http://127.0.0.1:${port}/`, request).catch(() => {});
        await delay(50);
      }
    });
  }
});
