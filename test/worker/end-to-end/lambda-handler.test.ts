import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { startEmbeddedAws } from '../../../aws/embedded/server.ts';
import { eventually, readAudit, temporaryDirectory, WorkerUnderTest } from '../../support/worker-under-test.ts';

type SqsRecord = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue: string }>>;
};
type Handler = (event: { readonly Records: readonly SqsRecord[] }) => Promise<unknown>;

const example = new URL('../../../examples/recipients/lambda-handler.mjs', import.meta.url).href;
const { lambdaRecipient }: { lambdaRecipient: (handler: Handler) => RequestListener } = await import(example);

async function serve(test: TestContext, handler: Handler): Promise<string> {
  const server = createServer(lambdaRecipient(handler)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a handler written for Lambda gets batches, and what it names as failed comes again, and nothing else', async (test) => {
  await using directory = await temporaryDirectory();
  const said = test.mock.method(console, 'error', () => {});
  const seen: SqsRecord[] = [];
  let calls = 0;
  const url = await serve(test, async ({ Records }) => {
    calls++;
    // Lambda gives the batch of a function that throws again.
    if (calls === 1) throw new Error('cold');
    const again = new Set(seen.map(({ messageId }) => messageId));
    seen.push(...Records);
    const failed = Records.filter(({ body, messageId }) => body === 'order 3' && !again.has(messageId));
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
  const aws = await startEmbeddedAws({});
  test.after(() => aws.close());
  const queue = aws.sqs.createQueue('orders');
  const attributes = { tenant: { DataType: 'String', StringValue: 'shop' } };
  for (let n = 0; n < 10; n++) {
    await aws.sqs.call('SendMessage', {
      ...{ QueueUrl: queue, MessageBody: `order ${n}`, MessageAttributes: attributes },
    });
  }
  const audit = join(directory.path, 'audit');
  const spec = {
    queue: { url: queue, region: aws.region, endpoint: aws.endpoint, waitTimeSeconds: 1 },
    recipient: { url, batch: { maxMessages: 10, partialFailures: true } },
    delivery: { backoff: { initialMilliseconds: 10 } },
    audit: { file: { directory: audit } },
  };
  const manifest = { apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', metadata: { name: 'orders' }, spec };
  const keys = { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' };
  const worker = await WorkerUnderTest.start(directory.path, 'orders-a', manifest, keys);
  await eventually(async () => (await worker.status()).counters.deleted === 10, 'all are deleted');
  assert.equal(await worker.end('SIGTERM'), 0);

  const { records } = await readAudit(audit);
  assert.deepEqual(records.map(({ body }) => body).sort(), Array.from({ length: 10 }, (_, n) => `order ${n}`).sort());
  assert.equal(seen.filter(({ body }) => body === 'order 3').length, 2);
  assert.equal(seen.length, 11);
  assert.equal(said.mock.callCount(), 1);
  const [first] = seen;
  assert.equal(first?.messageAttributes.tenant?.stringValue, 'shop');
  assert.equal(first?.attributes.ApproximateReceiveCount, '1');
  assert.match(first?.attributes.SentTimestamp ?? '', /^\d{13}$/);
});
