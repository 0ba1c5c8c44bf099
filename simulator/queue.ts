import { IntDeque } from './int-deque.ts';

/** The messages that can be received now. What was taken is put back or settled. */
export interface Queue {
  /** Messages that the queue counts as visible. */
  readonly visible: number;
  /** A message that was sent. */
  put(message: number): void;
  /** A message that was received before, visible again. */
  putBack(message: number): void;
  /** The next message; -1 when none may be received now. */
  take(): number;
  /** A message that was taken is deleted or dead-lettered. */
  settle(message: number): void;
}

/** A standard queue: in the order in which messages became visible. */
export class StandardQueue implements Queue {
  readonly #messages = new IntDeque();

  get visible(): number {
    return this.#messages.size;
  }

  put(message: number): void {
    this.#messages.push(message);
  }

  putBack(message: number): void {
    this.#messages.push(message);
  }

  take(): number {
    return this.#messages.shift();
  }

  settle(): void {
    // Nothing waits for it.
  }
}

/** A FIFO queue: one message of a group at a time. Those behind it count as visible, although nobody can receive them. */
export class FifoQueue implements Queue {
  readonly #groupOf: Int32Array;
  readonly #groups: readonly IntDeque[];
  readonly #locked: Uint8Array;
  /** Groups with messages and without one in flight. */
  readonly #ready = new IntDeque();
  #visible = 0;

  /** @param groupOf the group of each message. */
  constructor(groupOf: Int32Array, groups: number) {
    this.#groupOf = groupOf;
    this.#groups = Array.from({ length: groups }, () => new IntDeque());
    this.#locked = new Uint8Array(groups);
  }

  get visible(): number {
    return this.#visible;
  }

  put(message: number): void {
    const [group, waiting] = this.#find(message);
    waiting.push(message);
    this.#visible++;
    if (waiting.size === 1 && this.#locked[group] === 0) this.#ready.push(group);
  }

  putBack(message: number): void {
    const [group, waiting] = this.#find(message);
    waiting.unshift(message);
    this.#visible++;
    this.#unlock(group, waiting);
  }

  take(): number {
    const group = this.#ready.shift();
    if (group < 0) return -1;
    this.#locked[group] = 1;
    this.#visible--;
    return this.#groups[group]?.shift() ?? -1;
  }

  settle(message: number): void {
    const [group, waiting] = this.#find(message);
    this.#unlock(group, waiting);
  }

  #unlock(group: number, waiting: IntDeque): void {
    this.#locked[group] = 0;
    if (waiting.size > 0) this.#ready.push(group);
  }

  #find(message: number): readonly [number, IntDeque] {
    const group = this.#groupOf[message] ?? 0;
    const waiting = this.#groups[group];
    if (waiting === undefined) throw new Error(`message ${message} has no group`);
    return [group, waiting];
  }
}
