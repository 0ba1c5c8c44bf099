import { Deque } from './deque.ts';
import type { StoredMessage } from './message.ts';

/** The messages of one queue in the order in which it hands them out. The queue writes their states, this reads them. */
export interface ReadyMessages {
  /** A message joins the queue; it may still be delayed. */
  join(message: StoredMessage): void;
  /** A delay is over, or a message that was not in flight is gone. */
  update(message: StoredMessage): void;
  /** Takes up to `max` messages to be put in flight. */
  take(max: number): readonly StoredMessage[];
  /** A message that was taken leaves flight: it is available again, or gone. */
  settle(message: StoredMessage): void;
}

/** A standard queue: first come, first served; a message that comes back joins at the end. */
export class StandardOrder implements ReadyMessages {
  readonly #line = new Deque<StoredMessage>();

  join(message: StoredMessage): void {
    this.update(message);
  }

  update(message: StoredMessage): void {
    if (message.state === 'available') this.#line.push(message);
  }

  take(max: number): readonly StoredMessage[] {
    const taken: StoredMessage[] = [];
    while (taken.length < max) {
      const message = this.#line.shift();
      if (message === undefined) break;
      if (message.state === 'available') taken.push(message);
    }
    return taken;
  }

  settle(message: StoredMessage): void {
    this.update(message);
  }
}

type Group = { readonly id: string; readonly messages: Deque<StoredMessage>; inFlight: number; inLine: boolean };

/**
 * A FIFO queue: groups wait in line, each hands out as many of its first messages as fit, and none more while any of
 * those is in flight. A message in flight keeps its place in the group, so that it comes back in order.
 */
export class FifoOrder implements ReadyMessages {
  readonly #groups = new Map<string, Group>();
  /** The groups that have something to hand out, longest waiting first. */
  readonly #line = new Deque<Group>();

  join(message: StoredMessage): void {
    const group = this.#groupOf(message);
    group.messages.push(message);
    this.#offer(group);
  }

  update(message: StoredMessage): void {
    this.#offer(this.#groupOf(message));
  }

  take(max: number): readonly StoredMessage[] {
    const taken: StoredMessage[] = [];
    while (taken.length < max) {
      const group = this.#line.shift();
      if (group === undefined) break;
      group.inLine = false;
      for (let index = 0; taken.length < max; index++) {
        const message = group.messages.at(index);
        if (message?.state === 'gone') continue;
        if (message?.state !== 'available') break;
        taken.push(message);
        group.inFlight++;
      }
      // All that it had to offer is gone, past its retention.
      if (group.inFlight === 0) this.#offer(group);
    }
    return taken;
  }

  settle(message: StoredMessage): void {
    const group = this.#groupOf(message);
    group.inFlight--;
    this.#offer(group);
  }

  #groupOf(message: StoredMessage): Group {
    const id = message.content.groupId ?? '';
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { id, messages: new Deque(), inFlight: 0, inLine: false };
      this.#groups.set(id, group);
    }
    return group;
  }

  /** Puts a group in line if it may hand something out, and forgets it if it has nothing left. */
  #offer(group: Group): void {
    if (group.inFlight > 0 || group.inLine) return;
    while (group.messages.at(0)?.state === 'gone') group.messages.shift();
    const head = group.messages.at(0);
    if (head === undefined) {
      this.#groups.delete(group.id);
    } else if (head.state === 'available') {
      group.inLine = true;
      this.#line.push(group);
    }
  }
}
