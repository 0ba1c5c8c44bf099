import {
  endOfGrants,
  type Grant,
  type Holder,
  type LeaseReport,
  leaseMs,
  mayUse,
  surelyHas,
  withAnswer,
  withGrant,
} from './holder.ts';
import { fillByDemand } from './water-filling.ts';

/** Exchanges in a row that a worker may leave unanswered before it gets no more than its fallback. */
const toleratedSilence = 1;

/** What is divided among the workers of a Courier. */
export type LeaseTerms = {
  /** Attempts per second of all workers together, retries included. */
  readonly limit: number;
  /** Attempts per second that a worker may make when nobody has told it anything for long: safe if all do so. */
  readonly fallback: number;
};

/** A worker that may hold a share. */
export type Seat = {
  /** Stays with the worker for as long as it can hold anything: a pod's uid, for example. */
  readonly id: string;
  /** Whether an exchange with it can be tried now. */
  readonly askable: boolean;
  /** Attempts per second that it has use for. Infinite: as many as it may. */
  readonly demand: number;
};

/** Who holds what of one limit. Plain data, replaced and never changed. */
export type LeaseBook = {
  /** Until then workers may hold what somebody else has granted; undefined before the first round. */
  readonly adoptedUntilMs: number | undefined;
  readonly holders: ReadonlyMap<string, Holder>;
};

/** The grants of one round, by seat. A worker that is asked and has none here is to say what it holds, and keeps it. */
export type Allocation = { readonly book: LeaseBook; readonly grants: ReadonlyMap<string, Grant> };

/** A book of which nothing is known: workers may hold what a leader before us has granted. */
export const unknownBook: LeaseBook = { adoptedUntilMs: undefined, holders: new Map() };

/** A book whose workers hold nothing that is not in it. */
export const emptyBook: LeaseBook = { adoptedUntilMs: Number.NEGATIVE_INFINITY, holders: new Map() };

/**
 * Divides the limit among the workers anew. In any interleaving of lost and late exchanges, of restarts and of new leaders,
 * the shares that workers may use never add up to more than the limit: a share grows only by what nobody may use, and what
 * one is to give up counts as its own until it has answered, or until all it was ever granted has run out.
 *
 * @param seats every worker there is, those that are being removed included.
 * @param nowMs monotonic; the grants are to be sent now.
 */
export function allocate(book: LeaseBook, seats: readonly Seat[], nowMs: number, terms: LeaseTerms): Allocation {
  const adoptedUntilMs = book.adoptedUntilMs ?? (seats.length === 0 ? nowMs : nowMs + leaseMs);
  const holders = holdersOf(book, seats, nowMs, terms);
  const adopting = nowMs < adoptedUntilMs;
  const unknown = adopting ? seats.filter(({ id }) => holders.get(id)?.known === undefined) : [];
  const round = { holders, nowMs, terms, adopting };
  const shares = unknown.length > 0 ? renewed(round, seats, unknown) : divided(round, seats);
  const grants = new Map<string, Grant>();
  for (const [id, share] of shares) grants.set(id, { share, fallback: terms.fallback, sentMs: nowMs });
  const told = [...holders].map(([id, holder]): [string, Holder] => {
    const grant = grants.get(id);
    return [id, grant === undefined ? holder : withGrant(holder, grant)];
  });
  return { book: { adoptedUntilMs, holders: new Map(told) }, grants };
}

/**
 * The book once a worker has answered an exchange.
 *
 * @param sentMs when the exchange was begun; `answeredMs`: when the answer was there. Monotonic milliseconds.
 */
export function answered(
  book: LeaseBook,
  id: string,
  report: LeaseReport,
  exchange: { readonly sentMs: number; readonly answeredMs: number; readonly fallback: number | undefined },
): LeaseBook {
  const holder = book.holders.get(id);
  if (holder === undefined) return book;
  return { ...book, holders: new Map(book.holders).set(id, withAnswer(holder, report, exchange)) };
}

/** The book without a worker whose process has surely ended: what it held is free at once. */
export function released(book: LeaseBook, id: string): LeaseBook {
  const holders = new Map(book.holders);
  return holders.delete(id) ? { ...book, holders } : book;
}

type Round = {
  readonly holders: ReadonlyMap<string, Holder>;
  readonly nowMs: number;
  readonly terms: LeaseTerms;
  readonly adopting: boolean;
};

/** Everybody who may use something: who has a seat, and who had one until what it was granted has run out. */
function holdersOf(book: LeaseBook, seats: readonly Seat[], nowMs: number, terms: LeaseTerms): Map<string, Holder> {
  const fresh: Holder = { known: undefined, unanswered: [], fallback: terms.fallback };
  const holders = new Map(seats.map(({ id }) => [id, book.holders.get(id) ?? fresh]));
  for (const [id, holder] of book.holders) {
    // It is gone as far as anybody knows, and takes no fallback any more.
    if (!holders.has(id) && nowMs < endOfGrants(holder)) holders.set(id, { ...holder, fallback: 0 });
  }
  return holders;
}

/** While it is not known what some hold, everybody keeps what it has. */
function renewed(
  { holders, nowMs }: Round,
  seats: readonly Seat[],
  unknown: readonly Seat[],
): ReadonlyMap<string, number> {
  const known = seats.filter((seat) => seat.askable && !unknown.includes(seat));
  return new Map(known.map(({ id }) => [id, figure(holders, id, nowMs, surelyHas)]));
}

function divided(round: Round, seats: readonly Seat[]): ReadonlyMap<string, number> {
  const { holders, nowMs, terms } = round;
  const asked = seats.filter(({ askable }) => askable);
  const useOf = (id: string) => figure(holders, id, nowMs, mayUse);
  const free = terms.limit - sum([...holders.keys()].map(useOf));
  const wants = new Map(asked.map(({ id }) => [id, Math.min(useOf(id), terms.fallback)]));
  for (const [id, want] of wanted(round, asked, free)) wants.set(id, want);
  // Somebody will come to use what others still have: they shrink first.
  if (free < 0) {
    for (const [id, want] of wants) wants.set(id, Math.min(want, figure(holders, id, nowMs, surelyHas)));
    return wants;
  }
  const growth = sum([...wants].map(([id, want]) => Math.max(0, want - useOf(id))));
  const scale = growth === 0 ? 0 : Math.min(1, free / growth);
  for (const [id, want] of wants) {
    const use = useOf(id);
    if (want > use) wants.set(id, use + (want - use) * scale);
  }
  return wants;
}

/** What each worker that answers should have, if nobody else still held a part of it. */
function wanted(
  { holders, nowMs, terms, adopting }: Round,
  asked: readonly Seat[],
  free: number,
): ReadonlyMap<string, number> {
  const speaking = asked.filter(({ id }) => (holders.get(id)?.unanswered.length ?? 0) <= toleratedSilence);
  const uses = speaking.map(({ id }) => figure(holders, id, nowMs, mayUse));
  const capacity = Math.max(0, free + sum(uses));
  const floor = Math.min(terms.fallback, capacity / Math.max(1, speaking.length));
  const demands = speaking.map(({ demand }) => Math.max(demand, floor));
  const shares = fillByDemand(capacity, demands).map((share, index) =>
    // What the leader before us has promised may be more than anybody has told us yet.
    adopting ? Math.min(share, Math.max(uses[index] ?? 0, terms.fallback)) : share,
  );
  return new Map(speaking.map(({ id }, index) => [id, shares[index] ?? 0]));
}

function figure(
  holders: ReadonlyMap<string, Holder>,
  id: string,
  nowMs: number,
  of: (holder: Holder, nowMs: number) => number,
): number {
  const holder = holders.get(id);
  return holder === undefined ? 0 : of(holder, nowMs);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
