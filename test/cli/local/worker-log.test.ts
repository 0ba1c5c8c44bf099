import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
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

test('the logs give each warning once, also one that was written in two parts', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'courier-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const logs = new WorkerLogs(directory);
  const file = logs.open('orders-0');
  t.after(() => closeSync(file));
  writeSync(file, '{"level":40,"msg":"one"}\n{"level":40,');
  assert.deepEqual(logs.newWarnings(), [{ worker: 'orders-0', severity: 'Warning', text: 'one' }]);
  writeSync(file, '"msg":"two"}\n');
  assert.deepEqual(logs.newWarnings(), [{ worker: 'orders-0', severity: 'Warning', text: 'two' }]);
  assert.deepEqual(logs.newWarnings(), []);
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
