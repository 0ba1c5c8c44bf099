import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LineEncoder } from '../../../worker/audit/line-encoder.ts';
import { checkProperty } from '../../support/properties.ts';

const mebibyte = 1_048_576;

/** Lines of all lengths, up to some that are longer than a piece, of characters of one to four bytes. */
const lines = fc.array(
  fc
    .tuple(fc.constantFrom('x', 'é', '漢', '🚚', '\n'), fc.constantFrom(0, 1, 100, 90_000, 349_525, 349_526, 600_000))
    .map(([character, times]) => character.repeat(times)),
  { maxLength: 12 },
);

describe('the pieces of an audit write', () => {
  it('are the UTF-8 of all lines in their order, whatever the lines are, and large only where a line is', () => {
    const encoder = new LineEncoder();
    checkProperty(
      fc.property(lines, (drawn) => {
        const pieces: Buffer[] = [];
        for (const piece of encoder.encode(drawn)) pieces.push(Buffer.from(piece));
        assert.ok(Buffer.concat(pieces).equals(Buffer.from(drawn.join(''))));
        for (const piece of pieces)
          assert.ok(piece.length <= mebibyte || drawn.some((line) => Buffer.byteLength(line) === piece.length));
      }),
      { numRuns: 50 },
    );
  });
});
