import type { AttemptLog } from './attempt-log.ts';
import type { AuditTrail } from './audit/audit-trail.ts';
import type { Deleter } from './deleter.ts';
import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { Message } from './message.ts';
import type { StuckGroups } from './stuck-groups.ts';

export type CompletionOptions = {
  readonly attempts: AttemptLog;
  readonly lanes: Lanes;
  readonly holdings: Holdings;
  readonly deleter: Deleter;
  /** FIFO queues alone. */
  readonly stuck: StuckGroups | undefined;
  readonly trail: AuditTrail;
  /** Called when messages are on their way out, and there may be room for others. */
  readonly moved: () => void;
  /** Called when a lane has been opened. */
  readonly opened: () => void;
};

/** What is still to be done with a message that the recipient or the queue for dead letters has taken: its record, its delete. */
export class Completion {
  readonly #options: CompletionOptions;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  /** Takes a message that the recipient has accepted. */
  delivered(message: Message): void {
    this.#forget(message);
    if (!this.#options.trail.append(message)) this.audited([message]);
    // The record has it from here on, and it would be held twice.
    message.body = '';
  }

  /** Takes messages that need no record any more. */
  audited(messages: readonly Message[]): void {
    const { holdings, deleter, moved } = this.#options;
    for (const message of messages) {
      holdings.move(message, 'audited');
      deleter.delete(message);
    }
    moved();
  }

  /** Takes a message whose copy is safe: the next of its group may go. */
  deadLettered(message: Message): void {
    const { lanes, deleter, moved, opened } = this.#options;
    this.#forget(message);
    lanes.advance(message);
    deleter.delete(message);
    opened();
    moved();
  }

  #forget(message: Message): void {
    this.#options.attempts.forget(message.id);
    this.#options.stuck?.forget(message.groupId);
  }
}
