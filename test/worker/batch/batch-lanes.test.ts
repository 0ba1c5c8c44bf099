import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchLanes } from '../../../worker/batch/batch-lanes.ts';
import type { Message } from '../../../worker/message.ts';
import { message } from '../support.ts';

const bounds = { maxMessages: 4, maxBytes: 1e6, maxAgeMs: 0 };

/** Lanes with the halves of a batch that was refused, and the messages of that. */
function splitLanes(fifo: boolean) {
  const lanes = new BatchLanes(fifo, bounds);
  const messages = Array.from({ length: 4 }, () => message({ groupId: 'g' }));
  for (const one of messages) lanes.add(one);
  lanes.split(lanes.takeBatch(4, 0, () => true) ?? []);
  return { lanes, messages };
}

describe('the tenants of a standard queue', () => {
  const lanesOf = (maxMessages: number, maxAgeMs = 0) =>
    new BatchLanes(false, { maxMessages, maxBytes: 1e9, maxAgeMs });
  const add = (lanes: BatchLanes, groupId: string | undefined, ids: readonly string[], receivedMs = 0) => {
    for (const id of ids) lanes.add(message({ groupId, id, receivedMs }));
  };
  const idsOf = (batch: readonly Message[] = []) => batch.map(({ id }) => id);

  it('take turns in each batch, be the backlog of one as long as it may', () => {
    const lanes = lanesOf(4);
    add(lanes, 'a', ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
    assert.deepEqual(idsOf(lanes.takeBatch(2, 0, () => true)), ['a0', 'a1']);
    add(lanes, 'b', ['b0', 'b1']);
    add(lanes, undefined, ['c0']);
    assert.deepEqual(idsOf(lanes.takeBatch(4, 0, () => true)), ['b0', 'c0', 'a2', 'b1']);
    add(lanes, 'd', ['d0']);
    assert.deepEqual(idsOf(lanes.takeBatch(4, 0, () => true)), ['d0', 'a3', 'a4', 'a5']);
  });

  it('gain nothing by having been away', () => {
    const lanes = lanesOf(3);
    add(lanes, 'a', ['a0', 'a1', 'a2', 'a3', 'a4', 'a5']);
    lanes.takeBatch(3, 0, () => true);
    add(lanes, 'b', ['b0', 'b1', 'b2']);
    assert.deepEqual(idsOf(lanes.takeBatch(3, 0, () => true)), ['b0', 'a3', 'b1']);
  });

  it('make a batch due by the oldest message of them, wherever that stands', () => {
    const lanes = lanesOf(10, 100);
    add(lanes, 'a', ['a0', 'a1'], 50);
    add(lanes, 'a', ['a2'], 20);
    add(lanes, 'b', ['b0'], 90);
    assert.equal(lanes.nextDueMs, 120);
    assert.equal(
      lanes.takeBatch(10, 119, () => true),
      undefined,
    );
    assert.equal(lanes.takeBatch(10, 120, () => true)?.length, 4);
  });
});

describe('a part of a batch that was refused', () => {
  it('keeps to what may be sent, and loses nothing of the rest', () => {
    const { lanes, messages } = splitLanes(false);
    const taken = messages.map(() => lanes.takeBatch(1, 0, () => true));
    assert.deepEqual(
      taken,
      messages.map((one) => [one]),
    );
    assert.equal(
      lanes.takeBatch(1, 0, () => true),
      undefined,
    );
  });

  it('ends before a message that does not fit', () => {
    const { lanes, messages } = splitLanes(false);
    assert.deepEqual(
      lanes.takeBatch(4, 0, (one) => one === messages[0]),
      [messages[0]],
    );
    assert.deepEqual(lanes.clear(), messages.slice(1));
  });

  it('has its rest wait in its lane where order counts', () => {
    const { lanes, messages } = splitLanes(true);
    const [first] = lanes.takeBatch(1, 0, () => true) ?? [];
    assert.equal(first, messages[0]);
    assert.equal(
      lanes.takeBatch(4, 0, () => true),
      undefined,
    );
    lanes.advance(messages[0] ?? message());
    assert.deepEqual(
      lanes.takeBatch(4, 0, () => true),
      messages.slice(1),
    );
  });
});
