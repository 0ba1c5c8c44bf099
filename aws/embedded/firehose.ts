import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import { DeliveryStream } from './delivery-stream.ts';
import { ServiceError } from './errors.ts';
import { type EntryFault, Faults } from './faults.ts';
import { uuid } from './ids.ts';
import { asInput, type Input } from './input.ts';

/** "Each PutRecordBatch request supports up to 500 records", 4 MiB in all, 1,000 KiB each before base64. */
const maxBatchRecords = 500;
const maxBatchBytes = 4 * 1024 * 1024;
const maxRecordBytes = 1_024_000;

export type EmbeddedFirehoseOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly region?: string;
  readonly accountId?: string;
  readonly faults?: Faults;
  /** Where each stream's records land, in `<stream>.ndjson`, as they were put and one after the other. Default: nowhere. */
  readonly directory?: string;
  /** Whether records stay in memory, for {@link EmbeddedFirehose.records}. Default: true. */
  readonly keepRecords?: boolean;
  /** Whether a put to a stream that does not exist makes it. Default: false. */
  readonly autoCreateStreams?: boolean;
};

/** Amazon Data Firehose (Direct PUT) in this process. Knows nothing of HTTP. */
export class EmbeddedFirehose {
  readonly #options: EmbeddedFirehoseOptions;
  readonly #faults: Faults;
  readonly #streams = new Map<string, DeliveryStream>();
  readonly #actions: ReadonlyMap<string, (input: Input, entryFault: EntryFault) => object | Promise<object>>;

  constructor(options: EmbeddedFirehoseOptions) {
    this.#options = options;
    this.#faults = options.faults ?? new Faults(options.clock);
    this.#actions = new Map<string, (input: Input, entryFault: EntryFault) => object | Promise<object>>([
      ['PutRecord', (input) => this.#putRecord(input)],
      ['PutRecordBatch', (input, entryFault) => this.#putRecordBatch(input, entryFault)],
      ['CreateDeliveryStream', (input) => ({ DeliveryStreamARN: this.#create(streamName(input), input).arn })],
      ['DescribeDeliveryStream', (input) => ({ DeliveryStreamDescription: this.#find(streamName(input)).describe() })],
      ['ListDeliveryStreams', (input) => this.#list(input)],
      ['DeleteDeliveryStream', (input) => this.#delete(streamName(input))],
    ]);
  }

  /**
   * Does one call: `action` as in `Firehose_20150804.<action>`, `input` its JSON; a record's `Data` may also be bytes.
   * @throws ServiceError as Firehose answers; ConnectionCut where a fault loses the answer; the signal's reason
   */
  async call(action: string, input: unknown, context: { signal?: AbortSignal } = {}): Promise<object> {
    const act = this.#actions.get(action);
    if (act === undefined) throw new ServiceError('UnknownOperationException', `Firehose has no operation ${action}.`);
    const throttled = (): ServiceError => new ServiceError('ServiceUnavailableException', 'Slow down.', 503);
    return this.#faults.strike({ action, input, throttled, signal: context.signal }, async (entryFault) =>
      act(asInput(input), entryFault),
    );
  }

  /** Makes a stream. */
  createDeliveryStream(name: string): void {
    this.#create(name, {});
  }

  /** The records of a stream that are in memory, in the order they were accepted. */
  records(name: string): readonly Uint8Array[] {
    return this.#find(name).records;
  }

  /** Resolves when the streams' files are closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#streams.values()].map((stream) => stream.close()));
  }

  async #putRecord(input: Input): Promise<object> {
    const stream = this.#target(input);
    await stream.append([parseRecord(input.Record)]);
    return { RecordId: this.#recordId(), Encrypted: false };
  }

  async #putRecordBatch(input: Input, entryFault: EntryFault): Promise<object> {
    const stream = this.#target(input);
    const entries = parseEntries(input);
    const records = entries.map(parseRecord);
    if (records.reduce((sum, { length }) => sum + length, 0) > maxBatchBytes) {
      throw invalidArgument(`Records size exceeds the ${maxBatchBytes} bytes that one call may bring.`);
    }
    const failures = entries.map(entryFault);
    await stream.append(records.filter((_, index) => failures[index] === undefined));
    return {
      FailedPutCount: failures.filter((failure) => failure !== undefined).length,
      Encrypted: false,
      RequestResponses: failures.map((failure) =>
        failure === undefined ? { RecordId: this.#recordId() } : { ErrorCode: failure, ErrorMessage: 'Slow down.' },
      ),
    };
  }

  #list(input: Input): object {
    const limit = typeof input.Limit === 'number' ? input.Limit : 10;
    const after = input.ExclusiveStartDeliveryStreamName;
    const names = [...this.#streams.keys()].sort().filter((name) => typeof after !== 'string' || name > after);
    return { DeliveryStreamNames: names.slice(0, limit), HasMoreDeliveryStreams: names.length > limit };
  }

  async #delete(name: string): Promise<object> {
    const stream = this.#find(name);
    this.#streams.delete(name);
    await stream.close();
    return {};
  }

  #create(name: string, configuration: Input): DeliveryStream {
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) throw invalidArgument(`${name} is not a name for a delivery stream.`);
    if (this.#streams.has(name)) {
      throw new ServiceError('ResourceInUseException', `There is a delivery stream ${name} already.`);
    }
    const { clock, region = 'us-east-1', accountId = '000000000000', directory, keepRecords = true } = this.#options;
    const arn = `arn:aws:firehose:${region}:${accountId}:deliverystream/${name}`;
    const stream = new DeliveryStream({ name, arn, createdAt: clock.now(), directory, keepRecords, configuration });
    this.#streams.set(name, stream);
    return stream;
  }

  #target(input: Input): DeliveryStream {
    const name = streamName(input);
    if (this.#options.autoCreateStreams && !this.#streams.has(name)) return this.#create(name, {});
    return this.#find(name);
  }

  #find(name: string): DeliveryStream {
    const stream = this.#streams.get(name);
    if (stream !== undefined) return stream;
    const account = this.#options.accountId ?? '000000000000';
    throw new ServiceError('ResourceNotFoundException', `Firehose ${name} under account ${account} not found.`);
  }

  #recordId(): string {
    return uuid(this.#options.random);
  }
}

function streamName(input: Input): string {
  const name = input.DeliveryStreamName;
  if (typeof name !== 'string' || name === '') throw invalidArgument('DeliveryStreamName must be a name.');
  return name;
}

function parseEntries(input: Input): readonly unknown[] {
  const records = input.Records;
  if (!Array.isArray(records) || records.length === 0 || records.length > maxBatchRecords) {
    const seen = Array.isArray(records) ? records.length : JSON.stringify(records);
    throw invalidArgument(`Records must be a list of 1 to ${maxBatchRecords} records, not ${seen}.`);
  }
  return records;
}

function parseRecord(record: unknown): Uint8Array {
  const data = asInput(record, 'a record').Data;
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : data;
  if (!(bytes instanceof Uint8Array)) throw invalidArgument('Data of a record must be base64.');
  if (bytes.length > maxRecordBytes) {
    throw invalidArgument(`A record has ${bytes.length} bytes; it may have ${maxRecordBytes} at most.`);
  }
  return bytes;
}

function invalidArgument(message: string): ServiceError {
  return new ServiceError('InvalidArgumentException', message);
}
