import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { attributeHeaderName } from '../../../worker/wire/attribute-name.ts';
import { checkProperty } from '../../support/properties.ts';

const attributesNamed = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { dataType: 'String', stringValue: name }]));
const headerNames = (...names: readonly string[]) =>
  names.map((name) => attributeHeaderName(name, attributesNamed(...names)));

describe("the name of an attribute's header", () => {
  it("is the attribute's own", () => {
    assert.deepEqual(headerNames('tenant', 'Order-Id', 'a.b_c'), ['tenant', 'Order-Id', 'a.b_c']);
  });

  it('has its capitals encoded where another attribute differs only in case', () => {
    assert.deepEqual(headerNames('tenant', 'Tenant', 'TeNant', 'Other'), ['tenant', '%54enant', '%54e%4Eant', 'Other']);
  });

  it('has what a header cannot carry encoded, as other servers than AWS may hand it out', () => {
    assert.deepEqual(headerNames('a b', 'größe', '50%', 'x:y'), ['a%20b', 'gr%C3%B6%C3%9Fe', '50%25', 'x%3Ay']);
  });

  it('is a name of a header, and no two are the same to HTTP', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[aAbB%5]{1,4}$/),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }),
    );
    checkProperty(
      fc.property(fc.uniqueArray(name, { maxLength: 10 }), (names) => {
        const headers = headerNames(...names);
        for (const header of headers) assert.match(header, /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/);
        assert.equal(new Set(headers.map((header) => header.toLowerCase())).size, names.length);
      }),
    );
  });
});
