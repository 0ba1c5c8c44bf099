import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GroupLanes, StandardLane } from '../../worker/lanes.ts';
import { message } from './support.ts';

describe('the standard lane', () => {
  it('gives out messages in the order in which they came', () => {
    const lane = new StandardLane();
    const [a, b, c] = [message(), message(), message()];
    lane.add(a);
    lane.add(b);
    assert.equal(lane.take(), a);
    lane.add(c);
    assert.deepEqual([lane.take(), lane.take(), lane.take()], [b, c, undefined]);
  });

  it('holds nothing back when a message fails', () => {
    const lane = new StandardLane();
    lane.add(message());
    lane.add(message());
    lane.take();
    assert.deepEqual(lane.fail(), []);
    assert.notEqual(lane.take(), undefined);
  });

  it('is empty once cleared, and gives back only what was not taken', () => {
    const lane = new StandardLane();
    const [a, b] = [message(), message()];
    lane.add(a);
    lane.add(b);
    lane.take();
    assert.deepEqual(lane.clear(), [b]);
    assert.equal(lane.take(), undefined);
  });
});

describe('group lanes', () => {
  const inGroup = (groupId: string) => message({ groupId });

  it('keep a group closed while one of its messages is out, and let other groups go on', () => {
    const lanes = new GroupLanes();
    const [a1, a2, b1] = [inGroup('a'), inGroup('a'), inGroup('b')];
    for (const each of [a1, a2, b1]) lanes.add(each);
    assert.deepEqual([lanes.take(), lanes.take(), lanes.take()], [a1, b1, undefined]);
    lanes.advance(a1);
    assert.equal(lanes.take(), a2);
  });

  it('keep the order of a group to which messages come while one is out', () => {
    const lanes = new GroupLanes();
    const [a1, a2, a3] = [inGroup('a'), inGroup('a'), inGroup('a')];
    lanes.add(a1);
    assert.equal(lanes.take(), a1);
    lanes.add(a2);
    lanes.add(a3);
    assert.equal(lanes.take(), undefined);
    lanes.advance(a1);
    assert.equal(lanes.take(), a2);
    lanes.advance(a2);
    assert.equal(lanes.take(), a3);
    lanes.advance(a3);
    assert.equal(lanes.take(), undefined);
  });

  it('give back the successors of a message that failed, and open the group to what comes later', () => {
    const lanes = new GroupLanes();
    const [a1, a2, a3, again] = [inGroup('a'), inGroup('a'), inGroup('a'), inGroup('a')];
    for (const each of [a1, a2, a3]) lanes.add(each);
    lanes.take();
    assert.deepEqual(lanes.fail(a1), [a2, a3]);
    lanes.add(again);
    assert.equal(lanes.take(), again);
  });

  it('serve groups in turn: one that is long does not keep the others waiting', () => {
    const lanes = new GroupLanes();
    const [a1, a2, b1] = [inGroup('a'), inGroup('a'), inGroup('b')];
    for (const each of [a1, a2, b1]) lanes.add(each);
    assert.equal(lanes.take(), a1);
    lanes.advance(a1);
    assert.equal(lanes.take(), b1);
    assert.equal(lanes.take(), a2);
  });

  it('once cleared keep a group closed until its message that is out has come back', () => {
    const lanes = new GroupLanes();
    const [a1, a2, a3] = [inGroup('a'), inGroup('a'), inGroup('a')];
    lanes.add(a1);
    lanes.add(a2);
    lanes.take();
    assert.deepEqual(lanes.clear(), [a2]);
    lanes.add(a3);
    assert.equal(lanes.take(), undefined);
    lanes.advance(a1);
    assert.equal(lanes.take(), a3);
  });
});
