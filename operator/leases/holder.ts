import { rateLeaseSeconds } from '../../api/rate-limit.ts';

/**
 * How long a lease lasts, from the moment it is sent. A worker counts from when it gets it, so it is told
 * {@link deliveryMs} less: however long the lease was on its way, it is over when we think so.
 */
export const leaseMs = rateLeaseSeconds * 1000;

/** The longest that an exchange takes; what has not come back by then counts as unanswered. */
export const deliveryMs = 2_000;

/** A share that was sent to a worker. */
export type Grant = {
  /** Attempts per second. */
  readonly share: number;
  /** Attempts per second that it may make when its lease has long run out. */
  readonly fallback: number;
  /** Monotonic milliseconds. */
  readonly sentMs: number;
};

/** What a worker said of its lease. */
export type LeaseReport = {
  /** Attempts per second that it may make now. */
  readonly share: number;
  /** How much longer it may, without another grant, in milliseconds; 0: it has no lease, or one that has run out. */
  readonly remainingMs: number;
};

/** What is known of the right of one worker to a part of the limit. Plain data, replaced and never changed. */
export type Holder = {
  /** By its last answer; undefined before the first. */
  readonly known:
    | {
        readonly share: number;
        /** By then its lease is over, monotonic milliseconds. */
        readonly untilMs: number;
        /**
         * Not before then it takes its fallback: a lease after the end of its lease, when all others have ended too. 0: it
         * has none that could end.
         */
        readonly restMs: number;
      }
    | undefined;
  /** Sent and not overtaken as far as is known: it may have got them, may still get them, or not. */
  readonly unanswered: readonly Grant[];
  /** The largest fallback that it may have been told. */
  readonly fallback: number;
};

/**
 * The most that a worker may use from now on until a lease that is granted now is over: what it has by its last answer or by
 * a grant that it has not answered, and its fallback as soon as it may take that.
 *
 * @returns attempts per second.
 */
export function mayUse({ known, unanswered, fallback }: Holder, nowMs: number): number {
  const granted = unanswered.filter(({ sentMs }) => nowMs < sentMs + leaseMs).map(({ share }) => share);
  const held = known !== undefined && nowMs < known.untilMs ? known.share : 0;
  const rests = known === undefined || nowMs + leaseMs >= known.restMs;
  return Math.max(held, rests ? fallback : 0, ...granted);
}

/**
 * The least that a worker may use now, whatever has become of the grants that it has not answered: so much can be granted
 * again without giving it anything.
 *
 * @returns attempts per second.
 */
export function surelyHas({ known, unanswered }: Holder, nowMs: number): number {
  if (known === undefined) return 0;
  const holds = known.restMs === 0 || nowMs < known.restMs - leaseMs;
  return Math.min(holds ? known.share : 0, ...unanswered.map(({ share }) => share));
}

/** The holder once a grant was sent to it. */
export function withGrant(holder: Holder, grant: Grant): Holder {
  const unanswered = [...holder.unanswered.filter(({ sentMs }) => grant.sentMs < sentMs + leaseMs), grant];
  return { ...holder, unanswered, fallback: Math.max(holder.fallback, grant.fallback) };
}

/**
 * The holder once it has answered an exchange: what it says replaces what was believed of it until that exchange. A share
 * that was handed to it in that exchange overtakes all before it. Without one, a grant that is not answered may still come.
 *
 * @param fallback the fallback that came with the share; undefined when the exchange handed it none.
 */
export function withAnswer(
  holder: Holder,
  { share, remainingMs }: LeaseReport,
  { sentMs, answeredMs, fallback }: { sentMs: number; answeredMs: number; fallback: number | undefined },
): Holder {
  const unanswered = holder.unanswered.filter((grant) => fallback === undefined || grant.sentMs > sentMs);
  return {
    known: { share, untilMs: answeredMs + remainingMs, restMs: remainingMs > 0 ? sentMs + remainingMs + leaseMs : 0 },
    unanswered,
    fallback: Math.max(fallback ?? holder.fallback, ...unanswered.map((grant) => grant.fallback)),
  };
}

/** When nothing that was granted to a worker holds any more, monotonic milliseconds; its fallback apart. */
export function endOfGrants({ known, unanswered }: Holder): number {
  const granted = unanswered.map(({ sentMs }) => sentMs + leaseMs);
  return Math.max(known?.untilMs ?? Number.NEGATIVE_INFINITY, ...granted);
}
