import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConsistencyGate } from '../../../operator/kube/consistency.ts';
import { configMaps, podDisruptionBudgets } from '../../support/kube/kinds.ts';

function given() {
  const seen: { lastSyncResourceVersion: string | undefined } = { lastSyncResourceVersion: '100' };
  const gate = new ConsistencyGate();
  gate.follow(configMaps, seen);
  return { gate, seen };
}

describe('the consistency gate', () => {
  it('is open before anything was written', () => {
    assert.deepEqual(given().gate.behind('a', '1'), []);
  });

  it('closes for a key that has written, until the store shows it', () => {
    const { gate, seen } = given();
    gate.wrote('a', '1', configMaps, '101');
    assert.deepEqual(gate.behind('a', '1'), ['configmaps']);
    assert.deepEqual(gate.behind('b', '2'), []);
    seen.lastSyncResourceVersion = '101';
    assert.deepEqual(gate.behind('a', '1'), []);
  });

  it('goes by the newest of several writes, in whatever order they are told', () => {
    const { gate, seen } = given();
    gate.wrote('a', '1', configMaps, '1005');
    gate.wrote('a', '1', configMaps, '999');
    seen.lastSyncResourceVersion = '1004';
    assert.deepEqual(gate.behind('a', '1'), ['configmaps']);
    seen.lastSyncResourceVersion = '1005';
    assert.deepEqual(gate.behind('a', '1'), []);
  });

  it('knows nothing of an object that was made anew under the same name', () => {
    const { gate } = given();
    gate.wrote('a', '1', configMaps, '101');
    assert.deepEqual(gate.behind('a', '2'), []);
    assert.deepEqual(gate.behind('a', '1'), []);
    gate.wrote('a', '1', configMaps, '101');
    gate.wrote('a', '2', configMaps, '100');
    assert.deepEqual(gate.behind('a', '2'), []);
    gate.wrote('a', '3', configMaps, '102');
    gate.wrote('a', '4', configMaps, '103');
    assert.deepEqual(gate.behind('a', '4'), ['configmaps']);
  });

  it('forgets a key that is gone', () => {
    const { gate } = given();
    gate.wrote('a', '1', configMaps, '101');
    gate.clear('a');
    assert.deepEqual([gate.behind('a', '1'), gate.size], [[], 0]);
  });

  it('is open where versions cannot be compared, or nobody follows the resource', () => {
    const { gate, seen } = given();
    gate.wrote('a', '1', configMaps, 'opaque');
    assert.deepEqual(gate.behind('a', '1'), []);
    gate.wrote('b', '2', configMaps, '101');
    seen.lastSyncResourceVersion = undefined;
    assert.deepEqual(gate.behind('b', '2'), []);
    gate.wrote('c', '3', podDisruptionBudgets, '101');
    assert.deepEqual(gate.behind('c', '3'), []);
  });
});
