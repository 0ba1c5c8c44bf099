import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Policy } from '../../../operator/scaling/types.ts';
import { FluidFleet } from './fluid-fleet.ts';
import { usualPolicy as policy, type Story, tell } from './story.ts';

/** A fleet of six that has kept up with 40 messages a second for a while. */
function steadyFleet(changes: Partial<Policy> = {}): FluidFleet {
  const fleet = new FluidFleet({ ...policy, ...changes });
  fleet.live(300, { arriving: 40 });
  assert.equal(fleet.sizes.at(-1), 6);
  return fleet;
}

const down = { failing: 1, breakersOpen: 1 };

const stories: readonly Story[] = [
  {
    name: 'a recipient that is down gets no more replicas',
    weathers: [[60, { ...down, breakersOpen: 0.8 }]],
    reason: 'RecipientDown',
    limitedBy: 'Recipient',
    sentence: '6 replicas, 32 wanted: the recipient is down (breakers open on 80 %, 55 s); none are added.',
  },
  {
    name: 'one that stays down is probed with one',
    weathers: [[425, down]],
    reason: 'RecipientDown',
    limitedBy: 'Recipient',
    sentence: '1 replica, 237 wanted: the recipient is down (breakers open on 100 %, 7 min); probing with one.',
  },
  {
    name: 'one that stays down is probed with minReplicas where these are more',
    policy: { minReplicas: 3 },
    weathers: [[425, down]],
    reason: 'RecipientDown',
    limitedBy: 'Recipient',
    sentence:
      '3 replicas, 233 wanted: the recipient is down (breakers open on 100 %, 7 min); none are added; minReplicas is 3.',
  },
  {
    name: 'silent workers release no guard',
    weathers: [
      [60, down],
      [60, { workers: 'Silent' }],
    ],
    reason: 'RecipientDown',
    limitedBy: 'Recipient',
    sentence: '6 replicas, 64 wanted: the recipient is down (115 s); none are added; too few replicas report.',
  },
  {
    name: 'one that is back is filled in a few steps',
    weathers: [
      [60, down],
      [5, { failing: 0, breakersOpen: 0 }],
    ],
    reason: 'RecipientRecovering',
    limitedBy: 'Recipient',
    sentence: '12 replicas, 31 wanted: the recipient accepts again, 30/s so far; growing back step by step.',
  },
  {
    name: 'a recipient that answers 429 gets as many as it accepts from',
    weathers: [[100, { arriving: 100, acceptsAtMost: 60 }]],
    reason: 'RecipientThrottling',
    limitedBy: 'Recipient',
    sentence: '7 replicas, 70 wanted: the recipient answers 429 to 16 % and accepts 60/s.',
  },
  {
    name: 'growth is tried when attempts fail',
    weathers: [[20, { arriving: 80, failing: 0.4 }]],
    reason: 'GrowthOnProbation',
    limitedBy: 'Recipient',
    sentence: '12 replicas, 40 wanted: 34 % of attempts fail; growing from 6 to 12 must pay first.',
  },
  {
    name: 'growth is tried when replicas deliver less each',
    weathers: [[30, { arriving: 100, saturatesAt: 60 }]],
    reason: 'GrowthOnProbation',
    limitedBy: 'Recipient',
    sentence: '27 replicas, 183 wanted: a replica delivers 2.2/s, 10/s when there were 6; growth must pay first.',
  },
  {
    name: 'growth that does not pay is taken back',
    weathers: [[60, { arriving: 100, saturatesAt: 60 }]],
    reason: 'RecipientSaturated',
    limitedBy: 'Recipient',
    sentence: '6 replicas, 50 wanted: growing from 6 to 27 gained 0 %; the recipient saturates near 60/s.',
  },
  {
    name: 'an audit that is behind is not met with more replicas',
    weathers: [[60, { auditsAtMost: 15 }]],
    reason: 'AuditBlocked',
    limitedBy: 'Audit',
    sentence: '6 replicas, 20 wanted: the audit is behind, so that replicas wait 50 % of the time and deliver 15/s.',
  },
  {
    name: 'replicas that the queue leaves idle are taken away',
    weathers: [[40, { handsOut: 0.3 }]],
    reason: 'ReplicasStarved',
    limitedBy: 'Source',
    sentence: '3 replicas, 19 wanted: replicas are 32 % busy while 970 messages wait: the queue hands out no more.',
  },
];

describe('guards', () => {
  tell(stories, steadyFleet);

  test('a recipient that has become slower on its own gets more replicas, as many as it takes', () => {
    const fleet = steadyFleet();
    const { replicas, inputs } = fleet.live(300, { ratePerReplica: 4 });
    assert.equal(inputs.guard, null);
    assert.ok(replicas >= 12 && replicas <= 14, `${replicas}`);
  });

  test('failures by chance do not stop growth that pays', () => {
    const fleet = steadyFleet();
    fleet.live(180, { arriving: 80, failing: 0.4 });
    assert.ok(fleet.visible < 500, `${fleet.visible} messages wait`);
  });

  for (const need of [6, 20]) {
    test(`a recipient that ${need} replicas saturate keeps the fleet within a quarter of that, probes included`, () => {
      const fleet = new FluidFleet({ ...policy, maxReplicas: 200 });
      fleet.live(300, { arriving: need * 6 });
      fleet.live(180, { arriving: need * 20, saturatesAt: need * 10 });
      const before = fleet.sizes.length;
      fleet.live(3600);
      const sizes = new Set(fleet.sizes.slice(before));
      assert.ok(Math.max(...sizes) <= 1.25 * need, `${[...sizes]}`);
      assert.ok(Math.min(...sizes) >= need / 1.25, `${[...sizes]}`);
      assert.ok(sizes.size > 1, 'it never probes');
    });

    test(`a recipient of ${need} replicas that gets room is given the replicas to fill it`, () => {
      const fleet = new FluidFleet({ ...policy, maxReplicas: 200 });
      fleet.live(300, { arriving: need * 6 });
      fleet.live(600, { arriving: need * 15, saturatesAt: need * 10 });
      fleet.live(900, { saturatesAt: 1e9 });
      assert.ok(fleet.visible < need * 15 * 30, `${fleet.visible} messages wait`);
    });
  }

  test('a recipient that comes back empties the queue, and the guards let go', () => {
    for (const sick of [down, { acceptsAtMost: 20 }, { saturatesAt: 20 }, { auditsAtMost: 15 }, { handsOut: 0.3 }]) {
      const fleet = steadyFleet();
      fleet.live(200, sick);
      const well = {
        failing: 0,
        breakersOpen: 0,
        acceptsAtMost: 1e9,
        saturatesAt: 1e9,
        auditsAtMost: 1e9,
        handsOut: 1,
      };
      const { inputs, explanation } = fleet.live(900, well);
      assert.equal(inputs.guard, null, explanation);
      assert.equal(fleet.visible, 0, explanation);
    }
  });
});
