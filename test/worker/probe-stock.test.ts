import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Holdings } from '../../worker/holdings.ts';
import { GroupLanes, type Lanes, StandardLane } from '../../worker/lanes.ts';
import { ProbeStock } from '../../worker/probe-stock.ts';
import { message } from './support.ts';

const minute = 60_000;

/** What of messages of these groups a worker gives back that has been cut off from its recipient for so long. */
function givenBack(lanes: Lanes, groups: readonly string[], openForMs: number): readonly string[] {
  const holdings = new Holdings();
  const back: string[] = [];
  for (const [n, groupId] of groups.entries()) {
    const received = message({ id: `${groupId}${n}`, groupId });
    holdings.add(received);
    lanes.add(received);
  }
  const stock = new ProbeStock({
    ...{ lanes, holdings },
    releaser: { giveBack: ({ id }) => back.push(id) },
    limits: { openForMs, probesToHold: 3, isInDoubt: false },
    refusals: { isLastAttempt: () => false },
    lifecycle: { mayAttempt: true },
  });
  stock.giveBackSurplus();
  return back;
}

describe('what a worker gives back while its recipient is down', () => {
  it('is all but the probes of a standard queue, after a minute', () => {
    const five = ['a', 'a', 'a', 'a', 'a'];
    assert.deepEqual(givenBack(new StandardLane(), five, minute - 1), []);
    assert.deepEqual(givenBack(new StandardLane(), five, minute), ['a3', 'a4']);
  });

  it('is nothing that waits behind a probe of its FIFO group', () => {
    const groups = ['a', 'b', 'a', 'c', 'a', 'd', 'd', 'b'];
    assert.deepEqual(givenBack(new GroupLanes(), groups, minute), ['d5', 'd6']);
  });

  it('is nothing where there are no more groups than probes', () => {
    assert.deepEqual(givenBack(new GroupLanes(), ['a', 'a', 'a', 'b', 'b', 'b'], minute), []);
  });
});
