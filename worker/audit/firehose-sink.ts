import { describeAwsFailure } from '../../aws/explain.ts';
import type { StreamPort } from '../../aws/ports.ts';
import type { AuditSink, SinkLimits, SinkOutcome } from './sink.ts';

/**
 * Firehose's limits for direct PUT: 500 records and 4 MiB a call, 1,024,000 bytes a record. The call's limit is kept
 * for the base64 form that travels, which is a third longer: 3 MiB of records.
 */
const limits: SinkLimits = {
  maxRecords: 500,
  maxBytes: 3 * 1024 * 1024,
  maxRecordBytes: 1_024_000,
  maxParallel: 4,
  lingerMs: 50,
};

/** Writes audit records to a delivery stream; a record is durable when Firehose has given it a RecordId. */
export class FirehoseSink implements AuditSink {
  readonly limits = limits;
  readonly #stream: StreamPort;

  constructor(stream: StreamPort) {
    this.#stream = stream;
  }

  async write(lines: readonly string[]): Promise<SinkOutcome> {
    try {
      const outcome = await this.#stream.putRecords(lines.map((line) => Buffer.from(line)));
      return outcome.map((failure) => failure && `Firehose refused a record: ${failure.code}: ${failure.message}`);
    } catch (error) {
      throw new Error(describeAwsFailure(error).sentence, { cause: error });
    }
  }

  async close(): Promise<void> {}
}
