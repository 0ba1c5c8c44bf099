import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideRoom, type GateInput, prefetchFor } from '../../worker/gate.ts';
import { Holdings } from '../../worker/holdings.ts';
import { checkProperty } from '../support/properties.ts';

const idle: GateInput = {
  slots: 64,
  prefetch: 0,
  deferred: 0,
  reserved: 0,
  freeBytes: 67_108_864,
  messageBytes: 1024,
  probes: undefined,
  blocked: 0,
  tokens: Number.POSITIVE_INFINITY,
  fullReceive: 10,
  auditCapacity: 1024,
  ordered: false,
  paused: false,
  holding: new Holdings().counts,
};

describe('the gate', () => {
  const cases: [sentence: string, input: Partial<GateInput>, room: number, limitedBy: string][] = [
    ['has room for every slot when nothing is held', {}, 64, 'Nothing'],
    ['counts what open receives may bring', { reserved: 60 }, 4, 'Nothing'],
    ['says that receives under way have the room, when they do', { reserved: 64 }, 0, 'Nothing'],
    ['adds the prefetch', { prefetch: 10 }, 74, 'Nothing'],
    ['is closed by an order of the operator', { ordered: true }, 0, 'Order'],
    ['is closed by a recipient that wants no more', { paused: true, ordered: true }, 0, 'Pause'],
    [
      'looks past what waits for the sake of others',
      { holding: { ...idle.holding, posting: 60, received: 9 }, deferred: 9 },
      4,
      'Nothing',
    ],
    ['is closed by slots that are taken', { holding: { ...idle.holding, posting: 64 } }, 0, 'Recipient'],
    ['keeps slots open while audits wait', { holding: { ...idle.holding, delivered: 1000 } }, 24, 'Nothing'],
    ['is closed by a full audit buffer', { holding: { ...idle.holding, delivered: 1024 } }, 0, 'Audit'],
    [
      'leaves room in the audit buffer for what is being posted',
      { holding: { ...idle.holding, delivered: 1000, posting: 24 } },
      0,
      'Audit',
    ],
    ['is closed by a rate limit that is used up', { tokens: 0 }, 0, 'RateLimit'],
    [
      'leaves tokens for what waits for a slot',
      { tokens: 5, holding: { ...idle.holding, received: 2 } },
      3,
      'RateLimit',
    ],
    ['is not limited by a rate limit that allows a full receive', { tokens: 10 }, 10, 'Nothing'],
    ['is not closed by retries that wait', { holding: { ...idle.holding, waiting: 128 } }, 64, 'Nothing'],
    [
      'is closed by dead letters that do not come through',
      { holding: { ...idle.holding, deadLettering: 600, deadLettered: 424 } },
      0,
      'Queue',
    ],
    [
      'has room for what fits into memory',
      { freeBytes: 5_000, holding: { ...idle.holding, posting: 1 } },
      4,
      'Nothing',
    ],
    ['is closed when memory is used up', { freeBytes: 500, holding: { ...idle.holding, posting: 1 } }, 0, 'Memory'],
    [
      'is closed by the audit when it is what uses up memory',
      { freeBytes: 500, holding: { ...idle.holding, delivered: 9 } },
      0,
      'Audit',
    ],
    ['counts what receives under way may bring', { freeBytes: 5_000, reserved: 3 }, 1, 'Nothing'],
    ['has room for one message of any size when nothing is held', { freeBytes: 10, messageBytes: 1_000 }, 1, 'Nothing'],
    ['has room for messages to probe with while the breaker is open', { probes: 3 }, 3, 'Breaker'],
    [
      'does not take for a probe what waits behind another of its group',
      { probes: 3, blocked: 9, holding: { ...idle.holding, received: 10 } },
      2,
      'Breaker',
    ],
    ['has no more of them than fit into memory', { probes: 3, freeBytes: 2_100 }, 2, 'Breaker'],
    ['has none when there are as many of them as there may be', { probes: 3, reserved: 3 }, 0, 'Breaker'],
    ['is closed by deletes that do not come through', { holding: { ...idle.holding, audited: 1024 } }, 0, 'Queue'],
  ];
  for (const [sentence, input, room, limitedBy] of cases) {
    it(sentence, () => assert.deepEqual(decideRoom({ ...idle, ...input }), { room, limitedBy }));
  }

  it('never lets the unaudited messages exceed the audit buffer, nor the attempted ones the slots', () => {
    const count = fc.nat(2000);
    const input = fc.record({
      slots: fc.integer({ min: 1, max: 1024 }),
      prefetch: fc.nat(1024),
      deferred: fc.nat(100),
      reserved: count,
      freeBytes: fc.integer({ min: -1_000_000, max: 100_000_000 }),
      messageBytes: fc.integer({ min: 1, max: 1_048_576 }),
      probes: fc.option(fc.nat(10), { nil: undefined }),
      blocked: fc.nat(20),
      fullReceive: fc.integer({ min: 1, max: 10 }),
      tokens: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), count),
      auditCapacity: fc.integer({ min: 1, max: 4096 }),
      ordered: fc.boolean(),
      paused: fc.boolean(),
      holding: fc.record({
        ...{ received: count, posting: count, waiting: count, delivered: count, audited: count },
        ...{ deadLettering: count, deadLettered: count },
      }),
    });
    checkProperty(
      fc.property(input, (drawn) => {
        const { room } = decideRoom(drawn);
        const { holding, reserved } = drawn;
        const coming = holding.received + holding.posting + reserved;
        assert.ok(room >= 0);
        if (room === 0) return;
        if (coming + holding.delivered + holding.audited > 0) {
          assert.ok((reserved + room) * drawn.messageBytes <= drawn.freeBytes);
        }
        if (drawn.probes === undefined)
          assert.ok(coming + room <= drawn.slots + drawn.prefetch + Math.min(drawn.deferred, drawn.slots));
        else assert.ok(coming + room <= drawn.probes + drawn.blocked);
        assert.ok(holding.received + reserved + room <= drawn.tokens);
        const held = Object.values(holding).reduce((sum, each) => sum + each, 0);
        assert.ok(held + reserved + room <= drawn.auditCapacity);
      }),
    );
  });
});

describe('the prefetch', () => {
  const cases: [string, number, number | undefined, number | undefined, number][] = [
    ['is nothing before anything is known', 64, undefined, undefined, 0],
    ['covers one and a half receives of a fast recipient', 100, 8, 24, 50],
    ['is next to nothing for a slow recipient', 64, 8, 30_000, 1],
    ['never exceeds the slots', 64, 8, 0.1, 64],
  ];
  for (const [sentence, slots, receiveMs, attemptMs, expected] of cases) {
    it(sentence, () => assert.equal(prefetchFor(slots, receiveMs, attemptMs), expected));
  }
});
