import type { Socket } from 'node:net';
import { cannedMessages } from './canned-messages.ts';
import { answer, startCannedServer } from './canned-server.ts';
import { offer } from './child.ts';

/** What a queue of the stub holds, without end, and how long its calls take. */
export type QueueSettings = {
  readonly name: string;
  readonly bodyBytes: number;
  /** FIFO: messages of as many groups as there are messages. */
  readonly fifo?: boolean;
  readonly receiveMs?: number;
  readonly deleteMs?: number;
};

/** What was asked of a queue or of a stream. */
export type QueueCounters = {
  receives: number;
  messages: number;
  deletes: number;
  deleted: number;
  puts: number;
  records: number;
};

/** Messages before they repeat: more than anybody holds at once. */
const distinctMessages = 1000;

class CannedQueue {
  readonly counters: QueueCounters = { receives: 0, messages: 0, deletes: 0, deleted: 0, puts: 0, records: 0 };
  readonly #settings: QueueSettings;
  readonly #messages: readonly Buffer[];
  readonly #polls = new Set<() => void>();
  #next = 0;
  #open = false;

  constructor(settings: QueueSettings) {
    this.#settings = settings;
    const count = Math.min(distinctMessages, Math.max(20, Math.ceil(2 ** 27 / settings.bodyBytes)));
    const messages = cannedMessages(count, settings.bodyBytes, settings.fifo ?? false);
    this.#messages = messages.map((message) => Buffer.from(`${JSON.stringify(message)},`));
  }

  /** While it is closed it seems empty: its long polls wait. */
  set open(open: boolean) {
    this.#open = open;
    if (open) for (const end of [...this.#polls]) end();
  }

  receive(maxMessages: number, waitMs: number, socket: Socket): void {
    if (this.#open) {
      later(this.#settings.receiveMs, () => this.#handOut(maxMessages, socket));
      return;
    }
    const end = () => {
      clearTimeout(timer);
      this.#polls.delete(end);
      if (this.#open) this.receive(maxMessages, waitMs, socket);
      else socket.write(answer('{}'));
    };
    const timer = setTimeout(end, waitMs);
    this.#polls.add(end);
  }

  delete(ids: readonly string[], socket: Socket): void {
    this.counters.deletes++;
    this.counters.deleted += ids.length;
    const successful = ids.map((id) => `{"Id":"${id}"}`).join(',');
    later(this.#settings.deleteMs, () => socket.write(answer(`{"Successful":[${successful}],"Failed":[]}`)));
  }

  #handOut(count: number, socket: Socket): void {
    this.counters.receives++;
    this.counters.messages += count;
    const parts: Buffer[] = [Buffer.from('{"Messages":[')];
    for (let n = 0; n < count; n++) {
      parts.push(this.#messages[this.#next++ % this.#messages.length] ?? Buffer.alloc(0));
    }
    parts.push(Buffer.from(']}'));
    // The last message needs no comma behind it: a blank takes its place.
    const body = Buffer.concat(parts);
    body[body.length - 3] = 0x20;
    socket.write(answer(body));
  }
}

const queues = new Map<string, CannedQueue>();

function respond(head: string, body: Buffer, socket: Socket): void {
  const operation = /x-amz-target: *\w+\.(\w+)/i.exec(head)?.[1];
  const text = body.toString('latin1', 0, 8192);
  const queue = queues.get(/"(?:QueueUrl|DeliveryStreamName)":"(?:[^"]*\/)?([^"/]+)"/.exec(text)?.[1] ?? '');
  if (queue === undefined) throw new Error(`no queue of the bench is asked for: ${text.slice(0, 200)}`);
  if (operation === 'ReceiveMessage') {
    queue.receive(numberIn(text, 'MaxNumberOfMessages', 1), numberIn(text, 'WaitTimeSeconds', 0) * 1000, socket);
  } else if (operation === 'DeleteMessageBatch') {
    queue.delete(
      [...text.matchAll(/"Id":"([^"]+)"/g)].map(([, id = '']) => id),
      socket,
    );
  } else if (operation === 'PutRecordBatch') {
    const records = occurrences(body, '"Data"');
    queue.counters.puts++;
    queue.counters.records += records;
    const responses = new Array(records).fill('{"RecordId":"0123456789012345678901234567890123456789"}').join(',');
    socket.write(answer(`{"FailedPutCount":0,"Encrypted":false,"RequestResponses":[${responses}]}`));
  } else {
    socket.write(answer('{"Attributes":{"VisibilityTimeout":"60"}}'));
  }
}

function numberIn(text: string, field: string, absent: number): number {
  return Number(new RegExp(`"${field}":(\\d+)`).exec(text)?.[1] ?? absent);
}

function occurrences(body: Buffer, key: string): number {
  let count = 0;
  for (let at = body.indexOf(key); at >= 0; at = body.indexOf(key, at + key.length)) count++;
  return count;
}

function later(ms: number | undefined, act: () => void): void {
  if (ms === undefined) act();
  else setTimeout(act, ms);
}

if (import.meta.main) {
  const { port } = await startCannedServer(respond);
  const queueOf = (name: string): CannedQueue => {
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`there is no queue ${name}`);
    return queue;
  };
  offer({
    port: () => port,
    create: (settings: QueueSettings) => void queues.set(settings.name, new CannedQueue(settings)),
    open: (name: string) => {
      queueOf(name).open = true;
    },
    close: (name: string) => {
      queueOf(name).open = false;
    },
    counters: (name: string) => queueOf(name).counters,
  });
}
