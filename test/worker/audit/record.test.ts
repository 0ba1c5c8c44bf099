import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { auditRecords } from '../../../worker/audit/record.ts';
import { checkProperty } from '../../support/properties.ts';
import { message } from '../support.ts';

const context = {
  queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders',
  recipientUrl: 'http://orders/',
  worker: 'orders-0',
};
const delivery = { status: 202, deliveredTimeMs: Date.parse('2026-01-01T00:00:01Z'), durationMs: 12.34567 };
const unlimited = Number.MAX_SAFE_INTEGER;

describe('an audit record', () => {
  it('answers who got what, when, on one line', () => {
    const record = auditRecords(context, { body: 'Full', oversize: 'Digest' }, unlimited);
    const line = record(message({ id: 'id-1', body: 'a "b"\n', attempt: 2, receiveCount: 3, groupId: 'g' }), delivery);
    assert.match(line, /^[^\n]+\n$/);
    assert.deepEqual(JSON.parse(line), {
      messageId: 'id-1',
      queue: context.queueUrl,
      recipient: 'http://orders/',
      status: 202,
      attempt: 2,
      receiveCount: 3,
      sentTime: '2026-01-01T00:00:00.000Z',
      deliveredTime: '2026-01-01T00:00:01.000Z',
      durationMilliseconds: 12.346,
      worker: 'orders-0',
      groupId: 'g',
      body: 'a "b"\n',
    });
  });

  it('holds the digest of the body where that is asked for', () => {
    const record = auditRecords(context, { body: 'Digest', oversize: 'Digest' }, unlimited);
    const { body, bodySha256, bodyBytes } = JSON.parse(record(message({ body: 'grün' }), delivery));
    assert.equal(body, undefined);
    assert.equal(bodySha256, createHash('sha256').update('grün').digest('hex'));
    assert.equal(bodyBytes, 5);
  });

  it('holds nothing of the body where that is asked for', () => {
    const record = auditRecords(context, { body: 'None', oversize: 'Digest' }, unlimited);
    assert.deepEqual(
      Object.keys(JSON.parse(record(message(), delivery))).filter((key) => key.startsWith('body')),
      [],
    );
  });

  it('of any body is one line of JSON that fits the sink and keeps the body, or says that it is oversize', () => {
    const body = fc.oneof(fc.string({ unit: 'binary', maxLength: 3000 }), fc.string({ maxLength: 3000 }));
    const limit = fc.integer({ min: 1000, max: 4000 });
    checkProperty(
      fc.property(body, limit, fc.constantFrom('Digest', 'Truncate'), (drawn, maxBytes, oversize) => {
        const line = auditRecords(context, { body: 'Full', oversize }, maxBytes)(message({ body: drawn }), delivery);
        assert.ok(Buffer.byteLength(line) <= maxBytes);
        assert.equal(line.indexOf('\n'), line.length - 1);
        const record = JSON.parse(line);
        if (record.oversize !== true) return assert.equal(record.body, drawn);
        assert.equal(record.bodySha256, createHash('sha256').update(drawn).digest('hex'));
        if (oversize === 'Truncate') {
          assert.ok(drawn.startsWith(record.body));
          assert.ok(Buffer.byteLength(line) > maxBytes - 20, 'as much of the body as fits is kept');
        } else {
          assert.equal(record.body, undefined);
        }
      }),
    );
  });

  it('of a body that does not fit is several lines where it is to be split, and their bodies are the body', () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5000 }),
      fc.string({ minLength: 900, maxLength: 5000 }),
    );
    checkProperty(
      fc.property(body, fc.integer({ min: 700, max: 1200 }), (drawn, maxBytes) => {
        const record = auditRecords(context, { body: 'Full', oversize: 'Split' }, maxBytes);
        const lines = record(message({ id: 'id-1', body: drawn }), delivery).split(/(?<=\n)/);
        for (const line of lines) assert.ok(Buffer.byteLength(line) <= maxBytes);
        const records = lines.map((line) => JSON.parse(line));
        assert.equal(records.map((each) => each.body).join(''), drawn);
        if (records.length === 1) return assert.equal(records[0].oversize, undefined);
        for (const [index, each] of records.entries()) {
          assert.deepEqual(
            [each.messageId, each.part, each.parts, each.oversize],
            ['id-1', index + 1, records.length, true],
          );
          assert.equal(each.bodySha256, createHash('sha256').update(drawn).digest('hex'));
        }
      }),
    );
  });
});
