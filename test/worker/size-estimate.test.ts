import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SizeEstimate } from '../../worker/size-estimate.ts';

describe('the size that is expected of messages', () => {
  it('follows a larger one at once, and smaller ones slowly', () => {
    const estimate = new SizeEstimate();
    assert.equal(estimate.bytes, 3_145_728, 'three times what SQS takes at the most, before anything is known');
    for (let n = 0; n < 500; n++) estimate.add(1_000);
    assert.ok(estimate.bytes < 2_000, `${estimate.bytes} after 500 small ones`);
    estimate.add(1_048_576);
    assert.equal(estimate.bytes, 1_048_576);
    for (let n = 0; n < 20; n++) estimate.add(1_000);
    assert.ok(estimate.bytes > 600_000, `${estimate.bytes} after 20 small ones`);
  });
});
