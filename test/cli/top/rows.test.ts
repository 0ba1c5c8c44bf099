import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CourierStatus } from '../../../api/v1alpha1.gen.ts';
import { renderTop } from '../../../cli/top/rows.ts';
import type { LiveCourier } from '../../../operator/courier/objects.ts';
import { liveCourier } from '../../operator/courier/fixtures.ts';

const wide = { columns: 200, rows: 50 };

function courier(name: string, status?: CourierStatus, fields: Readonly<Record<string, unknown>> = {}): LiveCourier {
  const made = liveCourier({ 'metadata.name': name, 'spec.scaling.maxReplicas': 20, ...fields });
  return status === undefined ? made : { ...made, status };
}

function ready(status: 'True' | 'False', reason: string, message: string, visible = 0): CourierStatus {
  return {
    readyReplicas: 4,
    desiredReplicas: 6,
    backlog: { visible, inFlight: 256, delayed: 0, observedTime: '2026-01-02T03:04:05Z' },
    scaling: {
      limitedBy: 'Backlog',
      explanation: '6 replicas: because.',
      arrivalRate: '210',
      estimatedDrainSeconds: 58,
    },
    conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-02T03:04:05Z' }],
  };
}

describe('courier top', () => {
  it('answers the first question in a line for each Courier', () => {
    assert.deepEqual(renderTop([courier('orders', ready('True', 'Ready', 'All is well.', 12_840))], wide), [
      'NAMESPACE  NAME    READY      WORKERS  BACKLOG  IN FLIGHT  ARRIVING  DRAINED IN  LIMITED BY  WHY',
      'shop       orders  True   4/6 (0..20)   12,840        256     210/s        58 s  Backlog     6 replicas: because.',
    ]);
  });

  it('writes out what would do something to the terminal, since others write what it shows', () => {
    const [, line] = renderTop(
      [courier('orders', ready('False', 'Failing', 'one\u001b[2Jtwo\u009b1mthree\nfour'))],
      wide,
    );
    assert.match(line ?? '', /one\\u001b\[2Jtwo\\u009b1mthree\\nfour$/);
  });

  it('puts what is not ready first, with what is wrong, then what has most to do, then what is suspended', () => {
    const lines = renderTop(
      [
        courier('idle', ready('True', 'Ready', 'All is well.', 0)),
        courier('paused', ready('True', 'Suspended', 'It is suspended.'), { 'spec.suspend': true }),
        courier('busy', ready('True', 'Ready', 'All is well.', 9)),
        courier('broken', ready('False', 'QueueMissing', 'The queue is missing: make it.')),
      ],
      wide,
    );
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(/\s+/)[1]),
      ['broken', 'busy', 'idle', 'paused'],
    );
    assert.match(lines[1] ?? '', /QueueMissing .* The queue is missing: make it\.$/);
    assert.match(lines[4] ?? '', /paused +Suspended .* It is suspended\.$/);
  });

  it('puts what is ready and has trouble before what is well, with what is wrong', () => {
    const failing = ready('True', 'Ready', 'All is well.', 5);
    const since = { lastTransitionTime: '2026-01-02T03:04:05Z' };
    const conditions = [
      ...(failing.conditions ?? []),
      { type: 'RecipientHealthy', status: 'False', reason: 'Failing', message: 'Most attempts fail.', ...since },
      { type: 'AuditHealthy', status: 'Unknown', reason: 'NotYetObserved', message: 'Nobody knows.', ...since },
    ] as const;
    const lines = renderTop(
      [courier('busy', ready('True', 'Ready', 'All is well.', 9)), courier('failing', { ...failing, conditions })],
      wide,
    );
    assert.match(lines[1] ?? '', /failing .* Most attempts fail\.$/);
    assert.match(lines[2] ?? '', /busy .* 6 replicas: because\.$/);
  });

  it('shows a Courier that nobody has looked at yet', () => {
    assert.match(renderTop([courier('fresh')], wide)[1] ?? '', /fresh +Unknown +0\/0 \(0\.\.20\) +- +- +- +- +- +-$/);
  });

  it('keeps to the size of the terminal, and counts what does not fit', () => {
    const many = Array.from({ length: 10 }, (_, index) => courier(`orders-${index}`));
    const lines = renderTop(many, { columns: 30, rows: 8 });
    assert.ok(lines.every((line) => line.length <= 30));
    assert.deepEqual([lines.length, lines.at(-1)], [7, 'and 5 more']);
  });

  it('says that there is nothing', () => {
    assert.deepEqual(renderTop([], wide), ['There are no Couriers.']);
  });
});
