import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CourierSnapshot } from '../../../cli/local/snapshot.ts';
import { renderTable } from '../../../cli/local/table.ts';
import { snapshot, worker } from './snapshots.ts';

describe('the live table', () => {
  test('shows the queue, the decision, the totals and the workers in columns', () => {
    assert.deepEqual(renderTable([snapshot()], ['orders-0 died'], { width: 120, height: 40 }), [
      'orders: 2 of 2 workers (0..8), 164/s',
      '  12,840 waiting, 71 in flight, 0 delayed',
      '  2 replicas: 12,840 messages drain in 78 s at 82/s per replica.',
      '  delivered 4,200, audited 4,190, deleted 4,180, failed attempts 3',
      '  WORKER    STATE     PID  HELD  DELIVERED  ATTEMPT  WAITING FOR',
      '  orders-0  Running  4711    64       82/s    21 ms  every slot is taken',
      '  orders-1  Running  4711     7        0/s    21 ms  every slot is taken',
      '',
      'orders-0 died',
    ]);
  });

  test('says why there are no counters', () => {
    const lines = renderTable([snapshot({ queue: null, problem: 'the queue is gone' })], [], {
      width: 120,
      height: 40,
    });
    assert.equal(lines[1], '  the queue is gone');
  });

  test('needs no columns without workers', () => {
    const lines = renderTable([snapshot({ workers: [] })], [], { width: 120, height: 40 });
    assert.equal(lines.length, 5);
  });

  const leavers = [worker('orders-0', { state: 'Draining' }), worker('orders-1', { state: 'Draining' })];
  const sizes: readonly [name: string, snapshot: CourierSnapshot, expected: RegExp][] = [
    [
      'counts the workers of a fleet that drains',
      snapshot({ replicas: { desired: 0, ready: 0, starting: 0 }, workers: leavers }),
      /^orders: 2 workers draining \(0\.\.8\), /,
    ],
    [
      'counts those that leave beside those that stay',
      snapshot({ replicas: { desired: 1, ready: 1, starting: 0 }, workers: [...leavers, worker('orders-2')] }),
      /^orders: 1 of 1 worker \(0\.\.8\), 2 draining, /,
    ],
  ];
  for (const [name, of, expected] of sizes) {
    test(name, () => assert.match(renderTable([of], [], { width: 120, height: 40 })[0] ?? '', expected));
  }

  test('fits the terminal, and counts the workers it leaves out', () => {
    const workers = Array.from({ length: 50 }, (_, index) => worker(`orders-${index}`));
    const lines = renderTable([snapshot({ workers })], ['a note'], { width: 40, height: 20 });
    assert.ok(lines.length < 20);
    assert.ok(lines.every((line) => line.length <= 40));
    assert.ok(lines.includes('  and 39 more'), lines.join('\n'));
    assert.equal(lines.at(-1), 'a note');
  });

  test('a terminal with hardly a line left still gets a table', () => {
    assert.deepEqual(renderTable([snapshot()], [], { width: 10, height: 2 }), ['orders: 2…']);
  });
});
