import type { Counters } from '../counters.ts';
import type { WorkerLog } from '../log.ts';
import type { Delivery, Message } from '../message.ts';
import type { Auditor } from './auditor.ts';

/** Records that may wait in memory for a sink that does not take them, in bytes: at 1 kB each, half a minute of 1,000/s. */
const maxWaitingBytes = 32 * 1024 * 1024;

/**
 * `audit.policy: BestEffort`: messages do not wait for their records. What the sink does not take waits in memory as far as
 * there is room; beyond that records are given up, and counted.
 */
export class BestEffort {
  readonly #auditor: Auditor;
  readonly #counters: Counters;
  readonly #log: WorkerLog;

  constructor(auditor: Auditor, counters: Counters, log: WorkerLog) {
    this.#auditor = auditor;
    this.#counters = counters;
    this.#log = log;
  }

  /** Takes the record of a message that may be deleted at once. */
  append(message: Message, delivery: Delivery): void {
    if (this.#auditor.pendingBytes < maxWaitingBytes) {
      this.#auditor.append(message, delivery);
      return;
    }
    this.#counters.auditDropped++;
    this.#log.limited('error', 'auditDropped', 'an audit record was given up: the sink takes none, and too many wait', {
      messageId: message.id,
      error: this.#auditor.failure,
    });
  }
}
