import type { Clock } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import type { WorkerConfig } from '../api/worker-config.ts';
import type { QueuePort, SendPort } from '../aws/ports.ts';
import type { AuditSink } from './audit/sink.ts';
import type { WorkerLog } from './log.ts';
import type { BatchRecipient, Recipient } from './recipient.ts';

/** What a pipeline is made of: the Courier's spec, and what it speaks to. */
export type PipelineOptions = {
  readonly worker: string;
  readonly spec: WorkerConfig['spec'];
  readonly queue: QueuePort;
  /** Undefined: there is no queue for dead letters. */
  readonly deadLetterQueue: SendPort | undefined;
  readonly recipient: Recipient;
  /** Takes the batches of a Courier that has some: the recipient itself. */
  readonly batchRecipient?: BatchRecipient | undefined;
  /** Whether there is an operator that hands out shares of the rate limit. */
  readonly hasOperator: boolean;
  /** Undefined: nothing is audited. */
  readonly sink: AuditSink | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
};
