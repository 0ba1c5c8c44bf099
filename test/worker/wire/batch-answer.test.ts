import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBatchAnswer } from '../../../worker/wire/batch-answer.ts';

const ids = new Set(['a', 'b']);
const failures = (...items: unknown[]) => JSON.stringify({ batchItemFailures: items });

describe('the answer to a batch', () => {
  for (const body of ['', ' \n', 'null', '{}', '{"batchItemFailures":null}', failures(), '{"ok":true}']) {
    it(`accepts every message by ${JSON.stringify(body)}`, () => {
      assert.deepEqual(readBatchAnswer(body, ids), { failed: new Set() });
    });
  }

  it('names those that were not accepted, each perhaps twice', () => {
    const body = failures({ itemIdentifier: 'b' }, { itemIdentifier: 'b', reason: 'full' });
    assert.deepEqual(readBatchAnswer(body, ids), { failed: new Set(['b']) });
  });

  const invalid: [body: string, says: RegExp][] = [
    ['OK', /not JSON/],
    ['{"batchItemFailures":[', /not JSON/],
    ['[]', /not an object/],
    ['"fine"', /not an object/],
    ['{"batchItemFailures":{}}', /not a list/],
    [failures({ itemIdentifier: 'c' }), /id of no message/],
    [failures({ itemIdentifier: '' }), /id of no message/],
    [failures({ id: 'a' }), /id of no message/],
    [failures('a'), /id of no message/],
    [failures({ itemIdentifier: 'a' }, null), /id of no message/],
  ];
  for (const [body, says] of invalid) {
    it(`accepts none by ${body}`, () => {
      const answer = readBatchAnswer(body, ids);
      assert.ok('invalid' in answer);
      assert.match(answer.invalid, says);
    });
  }
});
