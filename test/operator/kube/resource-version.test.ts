import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareResourceVersions } from '../../../operator/kube/resource-version.ts';
import { checkProperty } from '../../support/properties.ts';

describe('resource versions', () => {
  it('compare as the numbers that they are, up to 128 bits', () => {
    const version = fc.bigInt({ min: 1n, max: 2n ** 128n - 1n });
    checkProperty(
      fc.property(version, version, (a, b) => {
        const order = compareResourceVersions(String(a), String(b)) ?? Number.NaN;
        assert.equal(Math.sign(order), a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  for (const odd of ['', '0', '01', '-1', '1.5', 'abc', '1e3', ' 1', '9'.repeat(40)]) {
    it(`do not compare with ${JSON.stringify(odd)}`, () => {
      assert.equal(compareResourceVersions(odd, '5'), undefined);
      assert.equal(compareResourceVersions('5', odd), undefined);
    });
  }
});
