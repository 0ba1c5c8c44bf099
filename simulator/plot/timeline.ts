import { ticksPerSecond } from '../agenda.ts';
import type { TimedOrder } from '../order-log.ts';
import type { Outcome } from '../outcome.ts';

/** What one autoscaler made of it, by tick. */
export type Track = {
  readonly name: string;
  readonly title: string;
  /** Messages that wait. */
  readonly visible: ArrayLike<number>;
  /** Pods that exist. */
  readonly living: ArrayLike<number>;
  readonly orders: readonly TimedOrder[];
  readonly replicaSeconds: number;
  /** Null where depths were replayed: nothing is known of their messages. */
  readonly outcome: Outcome | null;
};

/** All that is to be drawn of a simulation. */
export type Timeline = {
  readonly title: string;
  readonly durationSeconds: number;
  /** Messages sent, by tick; null where depths were replayed. */
  readonly sent: ArrayLike<number> | null;
  /** The first is explained, the others are what it is compared with. */
  readonly tracks: readonly Track[];
};

/** Messages per second from messages per tick. */
export function perSecond(perTick: readonly number[]): readonly number[] {
  return perTick.map((messages) => messages * ticksPerSecond);
}

/** `m:ss`, from an hour on `h:mm:ss`. */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`;
}
