import type { Message } from './message.ts';

/**
 * The messages that wait for a slot. On a standard queue that is a line for each tenant. On a FIFO queue each group is a lane: its
 * messages go strictly one after the other, while other lanes go on.
 */
export interface Lanes {
  /** Messages that wait behind another of their lane. */
  readonly blocked: number;
  /** Messages that wait although slots are free: they must not keep others from being received. */
  readonly deferred: number;
  /** Whether a message that is added now would wait behind another of its lane. */
  wouldWait(message: Message): boolean;
  add(message: Message): void;
  /** Opens the lane of a message that left it and was accepted. */
  advance(message: Message): void;
  /**
   * Ends the turn of a message that was not accepted, and takes out those that must not overtake it: they have to go
   * back to the queue together with it.
   */
  fail(message: Message): readonly Message[];
  /** What waits behind a message that left its lane, and must not overtake it. It stays where it is. */
  successors(message: Message): readonly Message[];
  /** Puts a message that left its lane back at the head of that, and opens it. */
  retry(message: Message): void;
  /** Takes out everything that waits: what has not been attempted. */
  clear(): readonly Message[];
}

/** Lanes that are left by one message at a time. */
export interface MessageLanes extends Lanes {
  /** The next message that may be posted now, or undefined. Its lane stays closed until {@link advance}. */
  take(): Message | undefined;
}

/** One line without order between messages. */
export class StandardLane implements MessageLanes {
  readonly blocked = 0;
  readonly deferred = 0;
  #line: Message[] = [];
  #head = 0;

  wouldWait(): boolean {
    return false;
  }

  add(message: Message): void {
    this.#line.push(message);
  }

  take(): Message | undefined {
    const message = this.#line[this.#head];
    if (message === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#line.length) {
      this.#line = [];
      this.#head = 0;
    }
    return message;
  }

  advance(): void {}

  fail(): readonly Message[] {
    return [];
  }

  successors(): readonly Message[] {
    return [];
  }

  retry(message: Message): void {
    this.#line.push(message);
  }

  clear(): readonly Message[] {
    const rest = this.#line.slice(this.#head);
    this.#line = [];
    this.#head = 0;
    return rest;
  }
}

/** A lane per message group: strict order inside, in parallel across. */
export class GroupLanes implements MessageLanes {
  /** Behind the head of a group nothing can be sent: it is no room for others. */
  readonly deferred = 0;
  /** Waiting messages by group. A group that is here and not in `#open` has a message out. */
  readonly #waiting = new Map<string, Message[]>();
  /** Groups whose head may go now, in the order in which they became free. */
  readonly #open = new Set<string>();

  get blocked(): number {
    let blocked = 0;
    for (const [group, lane] of this.#waiting) blocked += lane.length - (this.#open.has(group) ? 1 : 0);
    return blocked;
  }

  wouldWait(message: Message): boolean {
    return this.#waiting.has(laneOf(message));
  }

  add(message: Message): void {
    const group = laneOf(message);
    const lane = this.#waiting.get(group);
    if (lane === undefined) {
      this.#waiting.set(group, [message]);
      this.#open.add(group);
    } else {
      lane.push(message);
    }
  }

  take(): Message | undefined {
    for (const group of this.#open) {
      this.#open.delete(group);
      const message = this.#waiting.get(group)?.shift();
      if (message !== undefined) return message;
    }
    return undefined;
  }

  advance(message: Message): void {
    const group = laneOf(message);
    const lane = this.#waiting.get(group);
    if (lane === undefined) return;
    if (lane.length === 0) this.#waiting.delete(group);
    else this.#open.add(group);
  }

  fail(message: Message): readonly Message[] {
    const group = laneOf(message);
    const successors = this.#waiting.get(group) ?? [];
    this.#waiting.delete(group);
    this.#open.delete(group);
    return successors;
  }

  successors(message: Message): readonly Message[] {
    return this.#waiting.get(laneOf(message)) ?? [];
  }

  retry(message: Message): void {
    const group = laneOf(message);
    this.#waiting.set(group, [message, ...(this.#waiting.get(group) ?? [])]);
    this.#open.add(group);
  }

  clear(): readonly Message[] {
    const rest: Message[] = [];
    for (const [group, lane] of this.#waiting) {
      rest.push(...lane);
      // A lane whose message is out stays closed, and empty, until that message comes back.
      if (this.#open.delete(group)) this.#waiting.delete(group);
      else lane.length = 0;
    }
    return rest;
  }
}

/** SQS gives every message of a FIFO queue a group; one without would be a lane of its own. */
function laneOf(message: Message): string {
  return message.groupId ?? message.id;
}
