import { type FileHandle, open } from 'node:fs/promises';

/** Where a real audit goes on in a new file, this one begins anew: nobody reads it. */
const maxBytes = 64 * 2 ** 20;

/**
 * The least that a durable audit can be: a line of JSON a record, one write and one sync for all records that have come
 * meanwhile. What the libraries that Courier is compared with are given, since they have none of their own.
 */
export class GroupCommit {
  readonly #file: FileHandle;
  #bytes = 0;
  #waiting: { readonly line: string; readonly done: () => void }[] = [];
  #writing = false;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<GroupCommit> {
    return new GroupCommit(await open(path, 'a'));
  }

  /** Resolves when the record is durable. */
  append(messageId: string, body: string): Promise<void> {
    const deliveredTime = new Date().toISOString();
    const line = `${JSON.stringify({ messageId, status: 200, deliveredTime, body })}\n`;
    return new Promise((done) => {
      this.#waiting.push({ line, done });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    // What is delivered in this turn of the event loop goes into this write.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const records = this.#waiting;
      this.#waiting = [];
      const { bytesWritten } = await this.#file.write(Buffer.from(records.map(({ line }) => line).join('')));
      await this.#file.datasync();
      this.#bytes += bytesWritten;
      if (this.#bytes > maxBytes) {
        await this.#file.truncate();
        this.#bytes = 0;
      }
      for (const { done } of records) done();
    }
    this.#writing = false;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
