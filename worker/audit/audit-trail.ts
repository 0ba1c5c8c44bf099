import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import type { WorkerConfig } from '../../api/worker-config.ts';
import type { Counters } from '../counters.ts';
import type { WorkerLog } from '../log.ts';
import type { Message } from '../message.ts';
import { Auditor } from './auditor.ts';
import { BestEffort } from './best-effort.ts';
import { auditRecords } from './record.ts';
import type { AuditSink } from './sink.ts';

export type AuditTrailOptions = {
  readonly worker: string;
  readonly spec: WorkerConfig['spec'];
  /** Undefined: nothing is audited. */
  readonly sink: AuditSink | undefined;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called with messages that have waited for their records, and whose records are durable. */
  readonly audited: (messages: readonly Message[]) => void;
  /** Called when records have been written that nobody waits for. */
  readonly written: () => void;
};

/** The records of what the recipient has accepted, as `spec.audit` wants them: messages wait for them or do not, or there are none. */
export class AuditTrail {
  readonly #counters: Counters;
  readonly #auditor: Auditor | undefined;
  /** Set where messages do not wait for their records. */
  readonly #bestEffort: BestEffort | undefined;

  constructor({ worker, spec, sink, audited, written, ...shared }: AuditTrailOptions) {
    this.#counters = shared.counters;
    if (sink === undefined) return;
    const isRequired = spec.audit.policy === 'Required';
    const context = { worker, queueUrl: spec.queue.url, recipientUrl: spec.recipient.url };
    const record = auditRecords(context, spec.audit, sink.limits.maxRecordBytes);
    this.#auditor = new Auditor({ ...shared, sink, record, audited: isRequired ? audited : written });
    if (!isRequired) this.#bestEffort = new BestEffort(this.#auditor, shared.counters, shared.log);
  }

  /** Why records cannot be written at this moment; undefined while they can. */
  get failure(): string | undefined {
    return this.#auditor?.failure;
  }

  /** Messages whose record is not durable yet. */
  get pending(): number {
    return this.#auditor?.pending ?? 0;
  }

  /** Takes a message that the recipient has accepted. @returns whether it must wait until its record is durable. */
  append(message: Message): boolean {
    const { delivery } = message;
    if (delivery === undefined || this.#auditor === undefined) return false;
    (this.#bestEffort ?? this.#auditor).append(message, delivery);
    return this.#bestEffort === undefined;
  }

  /** Counts the records that are given up when the worker ends now. Messages that wait for theirs return to the queue. */
  giveUp(): void {
    if (this.#bestEffort !== undefined) this.#counters.auditDropped += this.pending;
  }

  async close(): Promise<void> {
    await this.#auditor?.close();
  }
}
