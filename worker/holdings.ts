import type { Holding } from '../api/worker-status.ts';
import type { Message, MessageState } from './message.ts';

/** Every message that the worker holds, in the order of receipt, and how many are in each state. */
export class Holdings {
  readonly #messages = new Set<Message>();
  #bytes = 0;
  readonly #counts: Record<keyof Holding, number> = {
    received: 0,
    posting: 0,
    waiting: 0,
    delivered: 0,
    audited: 0,
    deadLettering: 0,
    deadLettered: 0,
  };

  /** Bytes of all messages that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Messages by state. The same object always, kept up to date. */
  get counts(): Holding {
    return this.#counts;
  }

  /** The messages held, oldest receipt first. */
  [Symbol.iterator](): IterableIterator<Message> {
    return this.#messages.values();
  }

  add(message: Message): void {
    this.#messages.add(message);
    this.#bytes += message.bytes;
    this.#counts.received++;
  }

  /** Moves a held message to its next state; one that ends its life here is held no more. */
  move(message: Message, state: MessageState): void {
    if (isHeld(message.state)) this.#counts[message.state]--;
    message.state = state;
    if (isHeld(state)) this.#counts[state]++;
    else if (this.#messages.delete(message)) this.#bytes -= message.bytes;
    if (state === 'audited' || state === 'deadLettered') this.#forgetBody(message);
  }

  /** What only waits for its delete takes next to nothing. */
  #forgetBody(message: Message): void {
    this.#bytes -= message.bytes;
    message.bytes = 0;
    message.body = '';
  }
}

function isHeld(state: MessageState): state is keyof Holding {
  return state !== 'deleted' && state !== 'released' && state !== 'expired';
}
