import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { headerSafe } from '../../../worker/wire/header-value.ts';
import { checkProperty } from '../../support/properties.ts';

describe('a header value', () => {
  const cases: [string, string][] = [
    ['plain text, unchanged', 'plain text, unchanged'],
    ['100%', '100%25'],
    ['grün', 'gr%C3%BCn'],
    ['a\r\nx-injected: 1', 'a%0D%0Ax-injected:%201'],
    [' padded ', '%20padded%20'],
    ['', ''],
  ];
  for (const [value, safe] of cases) {
    it(`carries ${JSON.stringify(value)} as ${JSON.stringify(safe)}`, () => assert.equal(headerSafe(value), safe));
  }

  it('is always visible ASCII, and decodes to what was meant', () => {
    checkProperty(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const safe = headerSafe(value);
        assert.match(safe, /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/);
        assert.equal(decodeURIComponent(safe), value.toWellFormed());
      }),
    );
  });
});
