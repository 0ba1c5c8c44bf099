import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  allocate,
  answered,
  type LeaseBook,
  type LeaseTerms,
  released,
  type Seat,
  unknownBook,
} from '../../../operator/leases/allocate.ts';
import { deliveryMs, leaseMs } from '../../../operator/leases/holder.ts';
import { checkProperty } from '../../support/properties.ts';
import { type Fate, type Incident, LeaseWorld, type WorldRound } from './lease-world.ts';

/** Rounding errors of a few hundred additions. */
const epsilon = 1e-6;
const most = 10;
const terms = termsOf(100);

function termsOf(limit: number): LeaseTerms {
  return { limit, fallback: limit / most };
}

function seat(id: string, demand = Number.POSITIVE_INFINITY, askable = true): Seat {
  return { id, demand, askable };
}

/** A book that nobody has written into before, and whose workers all answer. */
class Rounds {
  book: LeaseBook = unknownBook;
  nowMs = 0;

  /** One round, in which all answer but `silent`. @returns the shares that were granted. */
  run(seats: readonly Seat[], silent: readonly string[] = [], of = terms): Record<string, number> {
    const { book, grants } = allocate(this.book, seats, this.nowMs, of);
    this.book = book;
    for (const { id, askable } of seats) {
      if (!askable || silent.includes(id)) continue;
      const grant = grants.get(id);
      const report = { share: grant?.share ?? 0, remainingMs: grant === undefined ? 0 : leaseMs - deliveryMs };
      const exchange = { sentMs: this.nowMs, answeredMs: this.nowMs + 10, fallback: grant?.fallback };
      this.book = answered(this.book, id, report, exchange);
    }
    this.nowMs += 5_000;
    return Object.fromEntries([...grants].map(([id, { share }]) => [id, share]));
  }

  settle(seats: readonly Seat[], rounds = 8): Record<string, number> {
    let shares = {};
    for (let round = 0; round < rounds; round++) shares = this.run(seats);
    return shares;
  }
}

function total(shares: Record<string, number>): number {
  return Object.values(shares).reduce((sum, share) => sum + share, 0);
}

describe('leases of a rate limit', () => {
  it('are all of it, in equal parts, where all could use more', () => {
    const shares = new Rounds().settle(['a', 'b', 'c', 'd'].map((id) => seat(id)));
    for (const share of Object.values(shares)) assert.ok(Math.abs(share - 25) < epsilon, `${share}`);
  });

  it('follow the demand, and leave nobody without any', () => {
    const shares = new Rounds().settle([seat('idle', 0), seat('slow', 20), seat('busy')]);
    assert.ok((shares.idle ?? 0) >= terms.fallback, 'an idle worker can begin');
    assert.ok((shares.slow ?? 0) >= 20);
    assert.ok((shares.busy ?? 0) >= 60);
    assert.ok(Math.abs(total(shares) - 100) < epsilon);
  });

  it('of a new worker begin when the others have shrunk, and not a round before', () => {
    const rounds = new Rounds();
    const old = ['a', 'b', 'c', 'd'].map((id) => seat(id));
    rounds.settle(old);
    const all = [...old, seat('new')];
    const first = rounds.run(all);
    assert.equal(first.new, 0);
    assert.ok((first.a ?? 0) < 25 - epsilon, 'they make room for its fallback');
    assert.ok((rounds.run(all).new ?? 0) >= terms.fallback - epsilon);
    const shares = rounds.settle(all, 3);
    assert.ok(Math.abs((shares.new ?? 0) - 20) < epsilon, `${shares.new}`);
  });

  it('are not given to others while a worker that does not answer may still use them', () => {
    const rounds = new Rounds();
    const seats = [seat('a'), seat('b')];
    rounds.settle(seats);
    const given: number[] = [];
    for (let round = 0; round < 6; round++) given.push(rounds.run(seats, ['b']).a ?? 0);
    assert.ok((given[2] ?? 0) <= 50 + epsilon, 'its lease may still hold');
    assert.ok((given.at(-1) ?? 0) >= 100 - terms.fallback - epsilon, 'then only its fallback is left to it');
  });

  it('count a grant that nobody has answered, whatever the worker answers to an order without a share', () => {
    const rounds = new Rounds();
    rounds.settle([seat('a', 0), seat('b', 0), seat('c')]);
    rounds.book = released(rounds.book, 'c');
    const late = rounds.run([seat('a', 0), seat('b')], ['b']).b ?? 0;
    assert.ok(late >= 80, 'it is given what the third had');
    const before = { share: terms.fallback, remainingMs: 8_000 };
    const { book, nowMs } = rounds;
    rounds.book = answered(book, 'b', before, {
      sentMs: nowMs - 3_000,
      answeredMs: nowMs - 3_000,
      fallback: undefined,
    });
    const other = rounds.run([seat('a'), seat('b', 0)], ['b']).a ?? 0;
    assert.ok(other + late <= 100 + epsilon, `${other} beside ${late} that may still come`);
  });

  it('of a worker that is gone are free when they have run out', () => {
    const rounds = new Rounds();
    rounds.settle([seat('a'), seat('b')]);
    assert.ok((rounds.run([seat('a')]).a ?? 0) <= 50 + epsilon);
    assert.ok(Math.abs((rounds.settle([seat('a')], 4).a ?? 0) - 100) < epsilon);
  });

  it('of a worker that has surely ended are free at once', () => {
    const rounds = new Rounds();
    rounds.settle([seat('a'), seat('b')]);
    rounds.book = released(rounds.book, 'b');
    assert.ok(Math.abs((rounds.run([seat('a')]).a ?? 0) - 100) < epsilon);
  });

  it('are asked for, and not given, by a leader that does not know yet what workers hold', () => {
    const rounds = new Rounds();
    const seats = [seat('a'), seat('b')];
    assert.deepEqual(rounds.run(seats), {});
    const { book, nowMs } = rounds;
    const report = { share: 70, remainingMs: 9_000 };
    const exchange = { sentMs: nowMs - 5_000, answeredMs: nowMs - 5_000, fallback: undefined };
    rounds.book = answered(book, 'a', report, exchange);
    const adopted = rounds.run(seats);
    assert.ok((adopted.a ?? 0) <= 70 && (adopted.a ?? 0) >= 50, 'what it holds stays, or shrinks to its part');
    assert.ok((adopted.b ?? 0) <= terms.fallback + epsilon);
  });

  it('shrink with the limit at once, and grow with it when there is room', () => {
    const rounds = new Rounds();
    const seats = [seat('a'), seat('b')];
    rounds.settle(seats);
    assert.ok(Math.abs(total(rounds.run(seats, [], termsOf(40))) - 40) < epsilon);
    assert.ok(Math.abs(total(rounds.run(seats, [], termsOf(80))) - 80) < epsilon);
  });

  it('reserve its fallback for a worker that cannot be asked yet', () => {
    const shares = new Rounds().settle([seat('a'), seat('b', 0, false)]);
    assert.deepEqual(Object.keys(shares), ['a']);
    assert.ok(Math.abs((shares.a ?? 0) - 90) < epsilon);
  });
});

const delay = fc.integer({ min: 0, max: deliveryMs / 2 });
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('Answered' as const), thereMs: delay, backMs: delay }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('LostBack' as const), thereMs: fc.integer({ min: 0, max: deliveryMs }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'LostThere' } as const) },
);
const worker = fc.nat(most);
const incident: fc.Arbitrary<Incident> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'None' } as const) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('Start' as const), afterMs: fc.nat(20_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Crash' as const), worker }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Remove' as const), worker }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('LeaderDies' as const), awayMs: fc.nat(30_000) }) },
);
const fates = fc.array(fate, { minLength: 1, maxLength: most, size: 'max' });
const demand = fc.constantFrom(0, 0, 10, 50, Number.POSITIVE_INFINITY);
const round: fc.Arbitrary<WorldRound> = fc.record({
  // Rounds come early and late, and now and then the operator stands still.
  afterMs: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 3_000, max: 7_000 }) },
    fc.integer({ min: 1, max: 60_000 }),
  ),
  incident,
  fates,
  demands: fc.array(demand, { minLength: 1, maxLength: most, size: 'max' }),
  told: fc.option(fates, { nil: undefined }),
});
const calm: WorldRound = {
  ...{ afterMs: 5_000, incident: { kind: 'None' }, demands: [Number.POSITIVE_INFINITY] },
  ...{ fates: [{ kind: 'Answered', thereMs: 5, backMs: 5 }], told: undefined },
};

describe('the shares that workers may use, whatever is lost, late, restarted or replaced', () => {
  it('never add up to more than the limit, and are all of it soon after calm has come', () => {
    checkProperty(
      fc.property(
        fc.integer({ min: 1, max: most }),
        fc.array(round, { maxLength: 25, size: 'max' }),
        (workers, rounds) => {
          const world = new LeaseWorld(most, workers);
          for (const next of rounds) world.run(next);
          // A new leader may be away for a minute, and adopts for a lease's time.
          for (let quiet = 0; quiet < 24; quiet++) world.run(calm);
          assert.ok(world.peak <= world.limit + epsilon, `${world.peak} of ${world.limit}`);
          assert.ok(world.usable >= world.limit - epsilon, `${world.usable} of ${world.limit} are used`);
          const [first = 0] = world.shares;
          for (const share of world.shares) assert.ok(Math.abs(share - first) < epsilon, world.shares.join());
        },
      ),
      { numRuns: 1500 },
    );
  });
});
