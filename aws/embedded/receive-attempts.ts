import { Deque } from './deque.ts';
import type { Delivery } from './message.ts';

/** "You can use ReceiveRequestAttemptId only for 5 minutes after a ReceiveMessage action." */
const intervalMs = 5 * 60_000;

/** What a FIFO queue handed out under each ReceiveRequestAttemptId, for receives that are tried again. */
export class ReceiveAttempts {
  readonly #deliveries = new Map<string, readonly Delivery[]>();
  readonly #byAge = new Deque<{
    readonly id: string;
    readonly deliveries: readonly Delivery[];
    readonly until: number;
  }>();

  /**
   * What was handed out under this id, if all of it is still as it was: in flight under the same handles, its
   * visibility not changed. Otherwise undefined, and the id is free for another receive.
   */
  find(id: string, now: number): readonly Delivery[] | undefined {
    for (let oldest = this.#byAge.at(0); oldest !== undefined && oldest.until <= now; oldest = this.#byAge.at(0)) {
      this.#byAge.shift();
      if (this.#deliveries.get(oldest.id) === oldest.deliveries) this.#deliveries.delete(oldest.id);
    }
    const deliveries = this.#deliveries.get(id);
    return deliveries?.every(isUntouched) ? deliveries : undefined;
  }

  remember(id: string, deliveries: readonly Delivery[], now: number): void {
    this.#deliveries.set(id, deliveries);
    this.#byAge.push({ id, deliveries, until: now + intervalMs });
  }
}

function isUntouched({ message, receiveCount }: Delivery): boolean {
  return message.state === 'inFlight' && message.receiveCount === receiveCount && !message.visibilityChanged;
}
