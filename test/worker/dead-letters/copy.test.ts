import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEvidence } from '../../../api/dead-letter.ts';
import type { MessageAttribute } from '../../../aws/ports.ts';
import { maxMessageBytes, messageBytes } from '../../../aws/send-entry.ts';
import { deadLetterCopy } from '../../../worker/dead-letters/copy.ts';
import { evidenceOf } from '../../../worker/dead-letters/evidence.ts';
import type { Message } from '../../../worker/message.ts';
import { message } from '../support.ts';

const context = { queueUrl: 'http://sqs/1/orders', recipientUrl: 'http://recipient/', worker: 'orders-0' };
const text = (stringValue: string): MessageAttribute => ({ dataType: 'String', stringValue });
const attributesNamed = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, text('x')]));

function copyOf(overrides: Partial<Message>, fifo = false) {
  const original = message(overrides);
  const attempt = { status: 400, headers: {}, durationMs: 1 };
  const evidence = evidenceOf(original, { reason: 'Refused', decidedBy: 'default', attempt }, context, 0);
  return { original, evidence, copy: deadLetterCopy(original, evidence, fifo) };
}

describe('the copy of a dead letter', () => {
  it('has the evidence beside nine attributes, and leaves it out beside ten', () => {
    const nine = copyOf({ attributes: attributesNamed(9) });
    assert.equal(Object.keys(nine.copy.attributes).length, 10);
    assert.deepEqual(parseEvidence(nine.copy.attributes.courier?.stringValue), nine.evidence);
    const ten = copyOf({ attributes: attributesNamed(10) });
    assert.deepEqual(ten.copy.attributes, ten.original.attributes);
  });

  it('has the evidence up to the last byte of 1 MiB, and leaves it out beyond', () => {
    const empty = copyOf({ body: '' });
    const room = maxMessageBytes - messageBytes(empty.copy);
    const full = copyOf({ id: empty.original.id, body: 'x'.repeat(room) });
    assert.equal(messageBytes(full.copy), maxMessageBytes);
    assert.ok('courier' in full.copy.attributes);
    const over = copyOf({ id: empty.original.id, body: 'x'.repeat(room + 1) });
    assert.equal('courier' in over.copy.attributes, false);
    assert.equal(over.copy.body.length, room + 1);
  });

  it("leaves a sender's attribute of the same name alone", () => {
    const { copy } = copyOf({ attributes: { courier: text('DHL') } });
    assert.deepEqual(copy.attributes, { courier: text('DHL') });
  });

  it('replaces the evidence of an earlier time', () => {
    const { copy: first } = copyOf({});
    const { copy, evidence } = copyOf({ attributes: first.attributes, attempt: 7 });
    assert.deepEqual(parseEvidence(copy.attributes.courier?.stringValue), evidence);
  });

  it('keeps group and trace, and on a FIFO queue has an id of its own that is always the same', () => {
    const overrides = { id: 'm', groupId: 'g', systemAttributes: { AWSTraceHeader: 'Root=1-5-a' } };
    assert.deepEqual(
      [false, true].map((fifo) => {
        const { groupId, traceHeader, deduplicationId } = copyOf(overrides, fifo).copy;
        return [groupId, traceHeader, deduplicationId];
      }),
      [
        ['g', 'Root=1-5-a', undefined],
        ['g', 'Root=1-5-a', 'm:dlq'],
      ],
    );
  });

  it('has no character in its evidence that SQS would refuse', () => {
    const detail = `\u0000\uFFFE\uD800${'😀'.repeat(200)}`;
    const attempt = { error: 'Protocol', detail, durationMs: 1 } as const;
    const evidence = evidenceOf(message(), { reason: 'Refused', decidedBy: 'default', attempt }, context, 0);
    const json = JSON.stringify(evidence);
    assert.ok(json.isWellFormed());
    assert.doesNotMatch(json, /[^\t\n\r\u0020-\uFFFD]/);
    assert.ok((evidence.detail ?? '').length <= 256);
  });
});
