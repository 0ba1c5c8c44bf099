import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { RecentWarnings } from '../../../cli/local/recent-warnings.ts';
import { WorkerLogs, warningIn } from '../../../cli/local/worker-log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

describe('a line of a worker log', () => {
  const cases: readonly [name: string, line: string, expected: ReturnType<typeof warningIn>][] = [
    ['information is not shown', '{"level":30,"msg":"the worker runs"}', undefined],
    ['a warning is', '{"level":40,"msg":"odd"}', { severity: 'Warning', text: 'odd' }],
    [
      'a warning names its status',
      '{"level":40,"msg":"an attempt failed","status":503}',
      { severity: 'Warning', text: 'an attempt failed (status 503)' },
    ],
    [
      'an error names its cause',
      '{"level":50,"msg":"a receive failed","error":"Network","detail":"refused"}',
      { severity: 'Error', text: 'a receive failed (Network, refused)' },
    ],
    ['what Node says of a dying process is shown whole', 'Error: boom', { severity: 'Error', text: 'Error: boom' }],
    ['an empty line is nothing', '', undefined],
  ];
  for (const [name, line, expected] of cases) test(name, () => assert.deepEqual(warningIn(line), expected));
});

/** Logs in a directory of their own, and what they reported. */
function logsIn(t: TestContext) {
  const parent = mkdtempSync(join(tmpdir(), 'courier-test-'));
  t.after(() => rmSync(parent, { recursive: true }));
  const directory = join(parent, 'logs');
  const reports: string[] = [];
  const newLogs = () => new WorkerLogs(directory, (sentence) => reports.push(sentence));
  const open = (logs: WorkerLogs) => {
    const file = logs.open('orders-0');
    if (file === undefined) throw new Error(reports.join());
    t.after(() => closeSync(file));
    return file;
  };
  return { directory, reports, newLogs, open };
}

const warningOf = (text: string) => ({ worker: 'orders-0', severity: 'Warning', text }) as const;

test('the logs give each warning once, also one that was written in two parts', (t) => {
  const { newLogs, open } = logsIn(t);
  const logs = newLogs();
  const file = open(logs);
  writeSync(file, '{"level":40,"msg":"one"}\n{"level":40,');
  assert.deepEqual(logs.newWarnings(), [warningOf('one')]);
  writeSync(file, '"msg":"two"}\n');
  assert.deepEqual(logs.newWarnings(), [warningOf('two')]);
  assert.deepEqual(logs.newWarnings(), []);
});

test('what an earlier session has logged is no news; what a worker logged before it was started again is', (t) => {
  const { newLogs, open } = logsIn(t);
  writeSync(open(newLogs()), '{"level":40,"msg":"old"}\n');
  const logs = newLogs();
  writeSync(open(logs), '{"level":40,"msg":"last words"}\n');
  writeSync(open(logs), '{"level":40,"msg":"new"}\n');
  assert.deepEqual(logs.newWarnings(), [warningOf('last words'), warningOf('new')]);
});

test('a log directory that is removed is said once, and made again when a worker starts', (t) => {
  const { directory, reports, newLogs, open } = logsIn(t);
  const logs = newLogs();
  writeSync(open(logs), '{"level":40,"msg":"one"}\n');
  assert.equal(logs.newWarnings().length, 1);
  rmSync(directory, { recursive: true });
  assert.deepEqual(logs.newWarnings(), []);
  assert.deepEqual(logs.newWarnings(), []);
  assert.equal(reports.length, 1);
  assert.match(reports[0] ?? '', /^A log cannot be read, and its warnings are not shown: ENOENT.*orders-0\.log/);
  writeSync(open(logs), '{"level":40,"msg":"two"}\n');
  assert.deepEqual(logs.newWarnings(), [warningOf('two')]);
});

test('a log that cannot be written is said once, and its worker goes without', (t) => {
  const { directory, reports, newLogs } = logsIn(t);
  writeFileSync(directory, 'a file where the directory should be');
  const logs = newLogs();
  assert.equal(logs.open('orders-0'), undefined);
  assert.equal(logs.open('orders-1'), undefined);
  assert.equal(reports.length, 1);
  assert.match(reports[0] ?? '', /^A log cannot be written, and its worker goes without: /);
});

test('the same warning of a worker is new again after half a minute', async () => {
  const clock = new VirtualClock();
  const recent = new RecentWarnings(clock);
  const warning = { worker: 'orders-0', severity: 'Warning', text: 'odd' } as const;
  assert.equal(recent.isNew(warning), true);
  assert.equal(recent.isNew(warning), false);
  assert.equal(recent.isNew({ ...warning, worker: 'orders-1' }), true);
  await clock.advance(30_000);
  assert.equal(recent.isNew(warning), true);
});
