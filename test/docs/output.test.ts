import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outputProblem } from './output.ts';

const said = 'NAME     READY   AGE\norders   2/12    3m12s\n\nserved from /tmp/a-B9/x: 5,000 in 0.4 s\n';

describe('output that a page shows', () => {
  const right: readonly (readonly [string, readonly string[]])[] = [
    [
      'has other numbers, ages, directories and columns',
      ['NAME READY AGE', 'orders 0/1 5s', '', 'served from /tmp/courier-X: 7 in 12.5 s'],
    ],
    ['leaves lines out', ['NAME READY AGE', '...', 'served from /tmp/y: 5,000 in 0.4 s']],
    ['leaves the rest out, and the end of a line', ['NAME READY AGE', 'orders ...', '...']],
    ['is nothing', []],
  ];
  for (const [what, shown] of right) {
    it(`may be what is said where it ${what}`, () => assert.equal(outputProblem(shown, said, false), undefined));
  }

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['has other words', ['NAME READY AGE', 'invoices 2/12 3m12s', '...'], /does not say "invoices 0\/0 AGE" there/],
    ['leaves lines out without saying so', ['NAME READY AGE', 'served from /tmp/a: 0 in 0 s'], /there/],
    ['has them in another order', ['...', 'orders 2/12 3m', 'NAME READY AGE', '...'], /does not say "NAME READY AGE"/],
    ['ends too early', ['NAME READY AGE'], /it goes on: "orders 0\/0 AGE"/],
  ];
  for (const [what, shown, problem] of wrong) {
    it(`is not what is said where it ${what}`, () => assert.match(outputProblem(shown, said, false) ?? '', problem));
  }

  it('may have to be exact', () => {
    assert.equal(outputProblem(['a  1'], 'a 1', true), undefined);
    assert.match(outputProblem(['a 2'], 'a 1', true) ?? '', /a 2/);
  });
});
