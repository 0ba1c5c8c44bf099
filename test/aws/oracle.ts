import assert from 'node:assert/strict';
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../../api/clock.ts';
import { openQueue } from '../../aws/clients.ts';
import { AwsError } from '../../aws/errors.ts';
import type { BatchOutcome, QueuePort, ReceivedMessage, SendPort } from '../../aws/ports.ts';
import type { Credentials } from '../../aws/sigv4.ts';
import { sdkQueue } from './sdk-ports.ts';

/** A server that both are asked. */
export type OracleServer = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly sqs: SQSClient;
  /** Makes a queue; a name that was used before makes another queue. */
  createQueue(name: string): Promise<{ readonly url: string }>;
};

type Story = (port: QueuePort & SendPort, send: Send, record: (event: unknown) => void) => Promise<void>;
type Send = (entries: readonly Omit<SendMessageBatchRequestEntry, 'Id'>[]) => Promise<void>;

const poll = { maxMessages: 10, waitTimeSeconds: 0, visibilityTimeoutSeconds: 30 };

/** What can happen to the hot calls, by name. A FIFO queue's name ends in `.fifo`. */
export const stories: { readonly name: string; readonly queue: string; readonly tell: Story }[] = [
  {
    name: 'messages with every kind of attribute',
    queue: 'attributes',
    async tell(port, send, record) {
      await send([
        {
          MessageBody: 'línea "1"\n\u{1F600}\\',
          MessageAttributes: {
            text: { DataType: 'String', StringValue: 'ü' },
            number: { DataType: 'Number.int', StringValue: '42' },
            binary: { DataType: 'Binary.gzip', BinaryValue: new Uint8Array([0, 255, 128]) },
          },
        },
      ]);
      record(await receive(port));
    },
  },
  {
    name: 'sends: with every kind of attribute, and one of a batch that is refused',
    queue: 'sends',
    async tell(port, _send, record) {
      const attributes = {
        text: { dataType: 'String.name', stringValue: 'ü' },
        number: { dataType: 'Number', stringValue: '42' },
        binary: { dataType: 'Binary.gzip', binaryValue: 'AP+A' },
      };
      record(
        outcomes(await port.sendBatch([{ body: 'línea "1"\n', attributes, traceHeader: 'Root=1-5759e988-bd862e3f' }])),
      );
      record(await receive(port));
      record(
        outcomes(
          await port.sendBatch([
            { body: 'a', attributes: {} },
            { body: '', attributes: {} },
          ]),
        ),
      );
      record(await failure(port.sendBatch(Array.from({ length: 11 }, () => ({ body: 'a', attributes: {} })))));
    },
  },
  {
    name: 'sends to the groups of a FIFO queue, one of them twice',
    queue: 'sends.fifo',
    async tell(port, _send, record) {
      const message = (body: string) => ({ body, attributes: {}, groupId: 'a', deduplicationId: body });
      record(outcomes(await port.sendBatch([message('1'), message('2'), message('1')])));
      record(await receive(port));
    },
  },
  {
    name: 'a large message and an empty queue',
    queue: 'large',
    async tell(port, send, record) {
      record(await receive(port));
      await send([{ MessageBody: 'é'.repeat(100_000) }]);
      record(await receive(port));
    },
  },
  {
    name: 'deletes: of a message, again, and with a handle that nobody gave',
    queue: 'deletes',
    async tell(port, send, record) {
      await send([{ MessageBody: 'a' }]);
      const [message] = await port.receive(poll);
      const handle = message?.receiptHandle ?? '';
      record(outcomes(await port.deleteBatch([handle])));
      record(outcomes(await port.deleteBatch([handle, 'bogus', '"\\'])));
    },
  },
  {
    name: 'changes of visibility: to nothing, too long, and of a message that is back',
    queue: 'visibility',
    async tell(port, send, record) {
      await send([{ MessageBody: 'a' }]);
      const [first] = await port.receive(poll);
      const change = (visibilityTimeoutSeconds: number, receiptHandle = first?.receiptHandle ?? '') => ({
        receiptHandle,
        visibilityTimeoutSeconds,
      });
      record(outcomes(await port.changeVisibilityBatch([change(50_000), change(30, 'bogus')])));
      record(outcomes(await port.changeVisibilityBatch([change(0)])));
      record(outcomes(await port.changeVisibilityBatch([change(30)])));
      record(await receive(port));
    },
  },
  {
    name: 'requests beyond the limits',
    queue: 'limits',
    async tell(port, _send, record) {
      record(await failure(port.receive({ ...poll, maxMessages: 11 })));
      record(await failure(port.receive({ ...poll, waitTimeSeconds: -1 })));
      record(await failure(port.receive({ ...poll, visibilityTimeoutSeconds: -1 })));
      record(await failure(port.deleteBatch(Array.from({ length: 11 }, (_, index) => `handle${index}`))));
    },
  },
  {
    name: 'the groups of a FIFO queue',
    queue: 'groups.fifo',
    async tell(port, send, record) {
      await send(
        ['a', 'b', 'a'].map((group, index) => ({
          MessageBody: `${group}${index}`,
          MessageGroupId: group,
          MessageDeduplicationId: `${index}`,
        })),
      );
      record(await receive(port, 'attempt-1'));
      record(await receive(port));
    },
  },
];

/**
 * Tells a story twice, on two queues that are alike: through the raw data plane and through the SDK. What happens must be
 * the same, but for ids, handles and times.
 */
export async function assertSameStory(server: OracleServer, story: (typeof stories)[number]): Promise<void> {
  const [raw, sdk] = await Promise.all([
    withRawQueue(server, (await server.createQueue(story.queue)).url, (url, port) => tell(server, story, url, port)),
    server.createQueue(story.queue).then(({ url }) => tell(server, story, url, sdkQueue(server.sqs, url))),
  ]);
  assert.deepEqual(raw, sdk);
}

/** What the hot calls say of a queue that does not exist must be the same, too. */
export async function assertSameMissingQueue(server: OracleServer): Promise<void> {
  const url = `${server.endpoint}/000000000000/missing`;
  const raw = await withRawQueue(server, url, (_url, port) => askMissingQueue(port));
  assert.deepEqual(raw, await askMissingQueue(sdkQueue(server.sqs, url)));
  assert.match(
    JSON.stringify(raw),
    /"code":"QueueDoesNotExist".*"code":"QueueDoesNotExist".*"code":"QueueDoesNotExist"/,
  );
}

async function withRawQueue<T>(
  { endpoint, region, credentials }: OracleServer,
  url: string,
  use: (url: string, port: QueuePort & SendPort) => Promise<T>,
): Promise<T> {
  const queue = await openQueue({ url, endpoint, region, credentials }, systemClock);
  try {
    return await use(url, queue.port);
  } finally {
    await queue.close();
  }
}

async function tell(
  { sqs }: OracleServer,
  story: (typeof stories)[number],
  url: string,
  port: QueuePort & SendPort,
): Promise<unknown[]> {
  const events: unknown[] = [];
  const send: Send = async (entries) => {
    const Entries = entries.map((entry, index) => ({ Id: String(index), ...entry }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    assert.deepEqual(Failed, []);
  };
  await story.tell(port, send, (event) => events.push(event));
  return events;
}

async function askMissingQueue(port: QueuePort & SendPort): Promise<unknown[]> {
  return [
    await failure(port.receive(poll)),
    await failure(port.deleteBatch(['a'])),
    await failure(port.changeVisibilityBatch([{ receiptHandle: 'a', visibilityTimeoutSeconds: 0 }])),
  ];
}

/** What a receive returns, without ids, handles and times. */
async function receive(port: QueuePort, attemptId?: string): Promise<unknown> {
  const messages = await port.receive(attemptId === undefined ? poll : { ...poll, attemptId });
  return messages.map(({ body, attributes, messageAttributes }: ReceivedMessage) => ({
    body,
    messageAttributes,
    attributes: Object.keys(attributes).sort(),
    receiveCount: attributes.ApproximateReceiveCount,
    group: attributes.MessageGroupId,
  }));
}

function outcomes(outcome: BatchOutcome): unknown {
  return outcome.map((failed) => failed && { code: failed.code, senderFault: failed.senderFault });
}

/** How a call failed. */
export async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await call };
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    const { code, status, message } = error;
    return { code, status, message };
  }
}
