import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeadLetterEvidence } from '../../../api/dead-letter.ts';
import { type LetterFilter, matches } from '../../../cli/redrive/filter.ts';
import { toLetter } from '../../../cli/redrive/letter.ts';
import { evidence } from './letters.ts';

const hour = 3_600_000;
const now = Date.parse('2026-01-01T10:00:00Z');

function letter(changes: Partial<DeadLetterEvidence> | undefined) {
  const courier = { dataType: 'String', stringValue: JSON.stringify(evidence(changes)) };
  return toLetter({
    ...{ messageId: 'letter-1', receiptHandle: 'r', body: 'x' },
    attributes: { SentTimestamp: String(now - 2 * hour) },
    messageAttributes: changes === undefined ? {} : { courier },
  });
}

describe('a filter of letters', () => {
  const timedOut = { status: undefined, error: 'Timeout' };
  const cases: [sentence: string, filter: LetterFilter, yes: (object | undefined)[], no: (object | undefined)[]][] = [
    ['without conditions takes all', {}, [{}, undefined], []],
    ['by reason', { reason: ['TooOld', 'None'] }, [{ reason: 'TooOld' }, undefined], [{ reason: 'Refused' }]],
    ['by status', { status: [{ from: 400, to: 404 }] }, [{ status: 404 }], [{ status: 422 }, timedOut, undefined]],
    ['by error', { error: ['Timeout'] }, [timedOut], [{ error: 'Reset' }, { status: 400 }, undefined]],
    ['by the id of the letter', { id: ['letter-1'] }, [{}, undefined], []],
    ['by the id of the message', { id: ['m2', 'm1'] }, [{ messageId: 'm2' }], [{ messageId: 'm3' }, undefined]],
    [
      'by age',
      { olderThan: 3 * hour },
      [{ deadLetteredTime: '2026-01-01T07:00:00Z' }],
      [{ deadLetteredTime: '2026-01-01T07:00:01Z' }, undefined],
    ],
    [
      'by youth',
      { newerThan: 3 * hour },
      [{ deadLetteredTime: '2026-01-01T07:00:00Z' }, undefined],
      [{ deadLetteredTime: '2026-01-01T06:59:59Z' }],
    ],
    [
      'by all of its conditions',
      { reason: ['Refused'], id: ['m9'] },
      [{ messageId: 'm9' }],
      [{}, { messageId: 'm9', reason: 'TooOld' }],
    ],
  ];
  for (const [sentence, filter, yes, no] of cases) {
    it(sentence, () => {
      for (const each of yes) assert.equal(matches(letter(each), filter, now), true, JSON.stringify(each));
      for (const each of no) assert.equal(matches(letter(each), filter, now), false, JSON.stringify(each));
    });
  }
});
