import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLatency, parseTail } from '../../cli/harness/latency.ts';
import { duration, keyValue, positiveNumber, share, wholeNumber, workerRange } from '../../cli/option-values.ts';

const understood: readonly [name: string, actual: () => unknown, expected: unknown][] = [
  ['a whole number within its range', () => wholeNumber({ min: 0, max: 9 })('7'), 7],
  ['a rate with a fraction', () => positiveNumber('0.5'), 0.5],
  ['a percentage', () => share('5%'), 0.05],
  ['a share as a fraction', () => share('.25'), 0.25],
  ['milliseconds', () => duration('20ms'), 20],
  ['seconds with a fraction', () => duration('1.5s'), 1500],
  ['minutes', () => duration('2m'), 120_000],
  ['hours', () => duration('1.5h'), 5_400_000],
  ['days', () => duration('2d'), 172_800_000],
  ['a fixed number of workers', () => workerRange('3'), { min: 3, max: 3 }],
  ['a range of workers from zero', () => workerRange('0..8'), { min: 0, max: 8 }],
  ['a pair whose value has an equals sign', () => keyValue('a=b=c', { x: 'y' }), { x: 'y', a: 'b=c' }],
  ['a fixed latency', () => parseLatency('20ms'), { kind: 'Uniform', minMs: 20, maxMs: 20 }],
  ['a latency between two', () => parseLatency('20ms..1s'), { kind: 'Uniform', minMs: 20, maxMs: 1000 }],
  ['a lognormal latency', () => parseLatency('lognormal:20ms:0.5'), { kind: 'Lognormal', medianMs: 20, sigma: 0.5 }],
  ['a tail', () => parseTail('1%:500ms'), { share: 0.01, latencyMs: 500 }],
];

const refused: readonly [name: string, act: () => unknown][] = [
  ['a number outside its range', () => wholeNumber({ min: 1, max: 9 })('10')],
  ['a fraction where a whole number is due', () => wholeNumber({ min: 1, max: 9 })('1.5')],
  ['a negative number', () => wholeNumber({ min: 0, max: 9 })('-1')],
  ['a rate of zero', () => positiveNumber('0')],
  ['a share above one', () => share('101%')],
  ['a duration without a unit', () => duration('20')],
  ['workers from many to few', () => workerRange('8..2')],
  ['no workers at all', () => workerRange('0')],
  ['a pair without a value', () => keyValue('a=')],
  ['a latency that ends before it begins', () => parseLatency('80ms..20ms')],
  ['a lognormal latency without a spread', () => parseLatency('lognormal:20ms:wide')],
  ['a tail without a latency', () => parseTail('1%')],
];

describe('the values of options', () => {
  for (const [name, actual, expected] of understood)
    test(`${name} is understood`, () => assert.deepEqual(actual(), expected));
  for (const [name, act] of refused) test(`${name} is refused with a sentence`, () => assert.throws(act, /must be/));
});
