import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accountFor, type Evidence } from '../../../cli/demo/account.ts';
import { readSegments } from '../../../cli/demo/audit-files.ts';

const complete: Evidence = {
  sent: ['a', 'b'],
  accepted: new Map([
    ['a', 1],
    ['b', 1],
  ]),
  audit: {
    records: new Map([
      ['a', 1],
      ['b', 1],
    ]),
    unreadable: 0,
  },
  left: 0,
};

describe('the account of a run', () => {
  test('a complete run has no fault', () => {
    assert.deepEqual(accountFor(complete), {
      line: 'sent 2, delivered 2, audited 2, lost 0, duplicates 0',
      faults: [],
    });
  });

  test('duplicates are counted and are no fault', () => {
    const { line, faults } = accountFor({
      ...complete,
      accepted: new Map([
        ['a', 3],
        ['b', 2],
      ]),
    });
    assert.equal(line, 'sent 2, delivered 2, audited 2, lost 0, duplicates 3');
    assert.deepEqual(faults, []);
  });

  test('a message that the recipient never saw is lost', () => {
    const { line, faults } = accountFor({ ...complete, accepted: new Map([['a', 1]]) });
    assert.equal(line, 'sent 2, delivered 1, audited 2, lost 1, duplicates 0');
    assert.equal(faults.length, 1);
  });

  test('a message without an audit record is a fault', () => {
    const { line, faults } = accountFor({ ...complete, audit: { records: new Map([['a', 1]]), unreadable: 0 } });
    assert.equal(line, 'sent 2, delivered 2, audited 1, lost 0, duplicates 0');
    assert.equal(faults.length, 1);
  });

  test('unreadable lines, and messages left in the queue, are faults', () => {
    assert.equal(accountFor({ ...complete, audit: { ...complete.audit, unreadable: 1 } }).faults.length, 1);
    assert.equal(accountFor({ ...complete, left: 1 }).faults.length, 1);
    assert.equal(accountFor({ ...complete, left: null }).faults.length, 1);
  });
});

describe('reading an audit', () => {
  test('counts the records of each message over all segments', () => {
    const { records, unreadable } = readSegments(['{"messageId":"a"}\n{"messageId":"b"}\n', '{"messageId":"a"}\n']);
    assert.deepEqual(
      [...records],
      [
        ['a', 2],
        ['b', 1],
      ],
    );
    assert.equal(unreadable, 0);
  });

  test('forgives a torn last line, and only that one', () => {
    assert.equal(readSegments(['{"messageId":"a"}\n{"messa']).unreadable, 0);
    assert.equal(readSegments(['{"messageId":"a"}\n{"messa\n{"messageId":"b"}\n']).unreadable, 1);
    assert.equal(readSegments(['{"other":1}\n']).unreadable, 1);
  });
});
