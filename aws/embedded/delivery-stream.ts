import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from './errors.ts';
import { asInput, type Input } from './input.ts';

export type DeliveryStreamOptions = {
  readonly name: string;
  readonly arn: string;
  /** Wall-clock milliseconds. */
  readonly createdAt: number;
  /** Where the records land, in `<name>.ndjson`; nowhere if undefined. */
  readonly directory: string | undefined;
  readonly keepRecords: boolean;
  /** What CreateDeliveryStream was called with; shown again by DescribeDeliveryStream. */
  readonly configuration: Input;
};

/** One delivery stream: its records in memory, in a file, or both. */
export class DeliveryStream {
  readonly #options: DeliveryStreamOptions;
  readonly #records: Uint8Array[] = [];
  #file: FileHandle | undefined;
  /** The last write: the next one waits for it, so that records stay in order and whole. */
  #written: Promise<void> = Promise.resolve();

  constructor(options: DeliveryStreamOptions) {
    this.#options = options;
  }

  get arn(): string {
    return this.#options.arn;
  }

  get records(): readonly Uint8Array[] {
    return this.#records;
  }

  /**
   * Accepts records, all or none.
   * @throws ServiceError `ServiceUnavailableException` when the file cannot be written
   */
  async append(records: readonly Uint8Array[]): Promise<void> {
    if (this.#options.directory !== undefined && records.length > 0) {
      const write = this.#written.then(() => this.#write(Buffer.concat(records)));
      this.#written = write.catch(() => undefined);
      await write;
    }
    if (this.#options.keepRecords) this.#records.push(...records.map((record) => record.slice()));
  }

  /** What DescribeDeliveryStream says. */
  describe(): object {
    const { name, arn, createdAt, configuration } = this.#options;
    const destination = configuration.ExtendedS3DestinationConfiguration ?? configuration.S3DestinationConfiguration;
    return {
      DeliveryStreamName: name,
      DeliveryStreamARN: arn,
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
      CreateTimestamp: createdAt / 1000,
      Destinations: [
        {
          DestinationId: 'destinationId-000000000001',
          ...(destination !== undefined && { ExtendedS3DestinationDescription: asInput(destination) }),
        },
      ],
      HasMoreDestinations: false,
    };
  }

  /** Resolves when what was accepted is in the file and the file is closed. */
  async close(): Promise<void> {
    await this.#written;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      this.#file ??= await this.#open();
      await this.#file.appendFile(bytes);
    } catch (error) {
      throw new ServiceError(
        'ServiceUnavailableException',
        `The records of ${this.#options.name} cannot be written: ${error}`,
        503,
      );
    }
  }

  async #open(): Promise<FileHandle> {
    const directory = this.#options.directory ?? '.';
    await mkdir(directory, { recursive: true });
    return open(join(directory, `${this.#options.name}.ndjson`), 'a');
  }
}
