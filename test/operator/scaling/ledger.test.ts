import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { openLedger, record, type WorkerReport, workersOf } from '../../../operator/scaling/ledger.ts';
import { checkProperty } from '../../support/properties.ts';
import { workerStatus } from '../../support/worker-status.ts';

const start = Date.parse('2026-01-01T00:00:00Z');

function report(bootId: string, delivered: number, holding = 0, leaving = false): WorkerReport {
  return {
    id: `pod of ${bootId}`,
    status: workerStatus({
      bootId,
      startedTime: '2026-01-01T00:00:01Z',
      counters: { delivered },
      holding: { posting: holding },
    }),
    leaving,
  };
}

describe('the ledger of workers', () => {
  test('adds what each boot counted since it was last asked', () => {
    let ledger = record(openLedger(start), [report('a', 10), report('b', 5)], start + 5000);
    ledger = record(ledger, [report('a', 25), report('b', 5)], start + 10_000);
    assert.equal(ledger.sums.delivered, 30);
  });

  test('takes a worker that pauses, as one whose breaker is open, for one that nothing gets through', () => {
    const statuses = [
      { waiting: { for: 'Pause', explanation: 'it answered 410' } as const },
      { breaker: { state: 'Open', explanation: 'down' } as const },
      {},
      {},
    ];
    const reports = statuses.map((changes, n) => ({ ...report(`${n}`, 0), status: workerStatus(changes) }));
    assert.equal(workersOf(openLedger(start), reports, 4)?.breakersOpen, 0.5);
  });

  test('does not fall when a worker starts again and counts from nothing', () => {
    let ledger = record(openLedger(start), [report('a', 100)], start + 500);
    const restarted = {
      ...report('a2', 3),
      status: { ...report('a2', 3).status, startedTime: '2026-01-01T00:00:09Z' },
    };
    ledger = record(ledger, [restarted], start + 10_000);
    assert.equal(ledger.sums.delivered, 103);
  });

  test('adds all of a worker that is first heard some rounds after its start', () => {
    let ledger = record(openLedger(start), [], start + 5000);
    ledger = record(ledger, [report('a', 40)], start + 10_000);
    assert.equal(ledger.sums.delivered, 40);
  });

  test('does not count a worker twice that was silent until it was forgotten', () => {
    let ledger = record(openLedger(start), [report('a', 40)], start + 10_000);
    ledger = record(ledger, [], start + 300_000);
    ledger = record(ledger, [report('a', 50)], start + 310_000);
    assert.equal(ledger.sums.delivered, 40);
    ledger = record(ledger, [report('a', 60)], start + 315_000);
    assert.equal(ledger.sums.delivered, 50);
  });

  test('takes a worker that is older than the ledger as a baseline', () => {
    let ledger = record(openLedger(start + 60_000), [report('old', 1000)], start + 65_000);
    assert.equal(ledger.sums.delivered, 0);
    ledger = record(ledger, [report('old', 1010)], start + 70_000);
    assert.equal(ledger.sums.delivered, 10);
  });

  test('keeps the count of a worker that misses a round', () => {
    let ledger = record(openLedger(start), [report('a', 10)], start + 5000);
    ledger = record(ledger, [], start + 10_000);
    ledger = record(ledger, [report('a', 30)], start + 15_000);
    assert.equal(ledger.sums.delivered, 30);
  });

  test('counts what a leaving worker delivers, but not what it holds', () => {
    const reports = [report('a', 10, 4), report('b', 20, 7, true)];
    const workers = workersOf(record(openLedger(start), reports, start + 5000), reports, 1);
    assert.equal(workers?.delivered, 30);
    assert.equal(workers?.inFlight, 4);
    assert.equal(workers?.busyReplicas, 1);
  });

  test('scales what is held up for those that did not answer, and says nothing when most are silent', () => {
    const reports = [report('a', 0, 10), report('b', 0, 20)];
    const ledger = record(openLedger(start), reports, start + 5000);
    assert.equal(workersOf(ledger, reports, 3)?.inFlight, 45);
    assert.equal(workersOf(ledger, reports, 5), null);
  });

  test('a fleet of zero is known to hold nothing', () => {
    assert.equal(workersOf(openLedger(start), [], 0)?.inFlight, 0);
  });

  test('no sum ever falls, whatever is reported', () => {
    const rounds = fc.array(
      fc.uniqueArray(fc.record({ boot: fc.constantFrom('a', 'b', 'c', 'd'), delivered: fc.nat(1000) }), {
        selector: ({ boot }) => boot,
      }),
    );
    checkProperty(
      fc.property(rounds, (all) => {
        let ledger = openLedger(start);
        for (const [index, round] of all.entries()) {
          const reports = round.map(({ boot, delivered }) => report(boot, delivered));
          const next = record(ledger, reports, start + index * 50_000);
          assert.ok(next.sums.delivered >= ledger.sums.delivered);
          ledger = next;
        }
      }),
    );
  });
});
