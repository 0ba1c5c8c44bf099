import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LineView, TableView } from '../../../cli/local/view.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { snapshot } from './snapshots.ts';

describe('plain lines', () => {
  test('say a change of size with its reason, once', () => {
    const lines: string[] = [];
    const view = new LineView((line) => lines.push(line), new VirtualClock());
    view.show([snapshot()]);
    view.show([snapshot()]);
    view.show([snapshot({ replicas: { desired: 3, ready: 2, starting: 1 }, explanation: '3 replicas: more.' })]);
    assert.deepEqual(lines, [
      'orders: 2 replicas: 12,840 messages drain in 78 s at 82/s per replica.',
      'orders: 3 replicas: more.',
    ]);
  });

  test('say a problem once, and its end', () => {
    const lines: string[] = [];
    const view = new LineView((line) => lines.push(line), new VirtualClock());
    view.show([snapshot()]);
    view.show([snapshot({ queue: null, problem: 'the queue is gone' })]);
    view.show([snapshot({ queue: null, problem: 'the queue is gone' })]);
    view.show([snapshot()]);
    assert.deepEqual(lines.slice(1), ['orders: the queue is gone', 'orders: the queue can be read again']);
  });

  test('say progress every five seconds, while there is any', async () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const view = new LineView((line) => lines.push(line), clock);
    for (let second = 0; second < 20; second++) {
      view.show([snapshot()]);
      await clock.advance(1000);
    }
    assert.deepEqual(lines.slice(1), [
      'orders: 12,840 waiting, 71 in flight; 2 workers at 164/s; delivered 4,200, audited 4,190, deleted 4,180',
    ]);
  });
});

describe('the table on a terminal', () => {
  test('is drawn over itself, and leaves the cursor as it was', () => {
    const written: string[] = [];
    const view = new TableView({ columns: 100, rows: 30, write: (text) => written.push(text) });
    view.show([snapshot({ workers: [] })]);
    view.show([snapshot({ workers: [] })]);
    view.close();
    assert.equal(written[0], '\u001b[?25l');
    assert.ok(written[2]?.startsWith('\u001b[5A\r\u001b[J'), 'up five lines, and erase what is below');
    assert.equal(written.at(-1), '\u001b[?25h');
  });
});
