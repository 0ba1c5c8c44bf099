import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { median, quantile, significant } from '../../bench/statistics.ts';
import { cpuChart } from '../../bench/worker/chart.ts';
import type { Comparison } from '../../bench/worker/comparison.ts';
import { comparisonRows, floorOf, heavyTailRows } from '../../bench/worker/report.ts';

const window = { messagesPerSecond: 20_000, receiveFill: 10, deleteFill: 9.9, putFill: Number.NaN };

const comparison: Comparison = {
  work: 'standard-1KiB',
  floors: { post: 15, sqs: 10, audit: 5, firehose: 3 },
  contenders: {
    courier: { ...window, cpuPerMessage: 36 },
    'sqs-consumer': { ...window, cpuPerMessage: 180 },
    'squiss-ts': { ...window, cpuPerMessage: 216 },
  },
  eventLoopP99Milliseconds: 9,
  idleMebibytes: 84,
  peakMebibytes: 230,
};

describe('the report of the bench', () => {
  it('sums up the floors of what is done with a message: files or a stream, not both', () => {
    assert.equal(floorOf(comparison), 30);
    assert.equal(floorOf({ ...comparison, work: 'firehose-1KiB' }), 28);
  });

  it('compares with the floor and with the others', () => {
    const [row] = comparisonRows([comparison]);
    assert.equal(row?.['courier/floor'], 1.2);
    assert.equal(row?.['sqs-consumer/courier'], 5);
    assert.equal(row?.['squiss-ts/courier'], 6);
  });

  it('shows rates with a heavy tail as shares of what Little allows', () => {
    const rows = heavyTailRows({
      inFlight: 100,
      meanLatencyMilliseconds: 25,
      idealPerSecond: 4000,
      perSecond: { courier: 3600, 'sqs-consumer': 1000 },
    });
    assert.deepEqual(
      rows.map(({ contender, share }) => [contender, share]),
      [
        ['courier', 0.9],
        ['sqs-consumer', 0.25],
      ],
    );
  });

  it('draws bars as long as the numbers are', () => {
    const svg = cpuChart([comparison]);
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)].map(([, , y, width]) => ({
      y,
      width: Number(width),
    }));
    const rows = Object.values(Object.groupBy(bars, ({ y }) => String(y))).map((row) =>
      (row ?? []).reduce((sum, { width }) => sum + width, 0),
    );
    const unit = (rows[0] ?? 0) / 30;
    for (const [index, cpu] of [30, 36, 180, 216].entries()) {
      assert.ok(Math.abs((rows[index] ?? 0) - cpu * unit) < 1, `${rows[index]} is not ${cpu * unit}`);
    }
    assert.match(svg, /^<svg [^>]*>.*<\/svg>\n$/s);
  });
});

describe('the statistics of the bench', () => {
  it('take the middle, the share and three digits', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.ok(Number.isNaN(median([])));
    assert.equal(quantile([1, 2, 3, 4], 0.99), 4);
    assert.equal(significant(12_345), 12_300);
  });
});
