import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchLanes } from '../../../worker/batch/batch-lanes.ts';
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
