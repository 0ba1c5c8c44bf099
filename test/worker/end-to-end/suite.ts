import assert from 'node:assert/strict';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { eventually, readAudit } from '../../support/worker-under-test.ts';
import { type EndToEndServer, type Stage, stageTest } from './stage.ts';

/**
 * Registers tests of real worker processes against an SQS server, whichever it is.
 * @param messages how many the tests under load send.
 */
export function workerEndToEnd(server: () => EndToEndServer, messages: number): void {
  const test = (sentence: string, queueName: string, run: (stage: Stage) => Promise<void>) =>
    stageTest(server, sentence, queueName, run);

  test('delivers, audits and deletes a backlog, and stops with exit code 0', 'backlog', async (stage) => {
    await stage.send(messages);
    const worker = await stage.start('w0');
    await eventually(async () => (await worker.status()).counters.deleted >= messages, 'everything deleted');
    assert.equal((await worker.get('/livez')).status, 200);
    assert.equal((await worker.get('/readyz')).status, 200);
    assert.match(
      (await worker.get('/metrics')).body,
      new RegExp(`^courier_worker_messages_deleted_total ${messages}$`, 'm'),
    );
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    await stage.expectAllAccountedFor(messages);
    assert.equal(stage.recorder.accepted.length, messages, 'each was delivered once');
  });

  test('hands over body and attributes unchanged', 'attributes', async (stage) => {
    const body = '{"text":"grüße, 世界 🎉 & <tags>","empty":""}';
    await server().sqs.send(
      new SendMessageCommand({
        QueueUrl: stage.queueUrl,
        MessageBody: body,
        MessageAttributes: {
          tenant: { DataType: 'String', StringValue: 'größe=100%' },
          priority: { DataType: 'Number', StringValue: '7' },
        },
      }),
    );
    const worker = await stage.start('w0', {
      recipient: { contentType: 'application/vnd.orders+json', headers: [{ name: 'x-tenant', value: 'shop' }] },
    });
    await eventually(() => stage.recorder.accepted.length === 1, 'the message delivered');
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    const [delivered] = stage.recorder.accepted;
    assert.equal(delivered?.body, body);
    const { headers } = delivered;
    assert.equal(headers['content-type'], 'application/vnd.orders+json');
    assert.equal(headers['x-tenant'], 'shop');
    assert.equal(headers['courier-attribute-tenant'], 'gr%C3%B6%C3%9Fe=100%25');
    assert.equal(headers['courier-attribute-priority'], '7');
    assert.equal(headers['courier-attempt'], '1');
    assert.equal(headers['courier-receive-count'], '1');
    assert.equal(headers['courier-queue'], stage.queueUrl);
    assert.match(String(headers['courier-sent-time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { records } = await readAudit(stage.auditDirectory);
    assert.equal(records[0]?.messageId, headers['courier-message-id']);
    assert.equal(records[0]?.body, body);
  });

  test('retries what the recipient refuses until it accepts', 'refusals', async (stage) => {
    stage.recorder.answer = (request) =>
      request % 3 === 0
        ? { status: 503 }
        : request % 7 === 0
          ? { status: 429, headers: { 'retry-after': '1' } }
          : { status: 202 };
    await stage.send(200);
    const worker = await stage.start('w0');
    await eventually(async () => (await worker.status()).counters.deleted >= 200, 'everything deleted');
    const { counters } = await worker.status();
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    assert.ok(counters.failed > 0 && counters.throttled > 0);
    await stage.expectAllAccountedFor(200);
  });

  test('stops under load without losing anything, and gives back what it did not attempt', 'stop', async (stage) => {
    stage.recorder.answer = () => ({ status: 200, afterMs: 50 });
    await stage.send(messages);
    const first = await stage.start('w0', { queue: { visibilityTimeoutSeconds: 600 } });
    await eventually(() => stage.recorder.accepted.length > 100, 'a hundred delivered');
    assert.equal(await first.end('SIGTERM'), 0, first.log);
    // With a visibility of ten minutes, what the first worker had kept would not come back while this one runs.
    const second = await stage.start('w1');
    await eventually(async () => (await stage.left()) === 0, 'the queue empty');
    assert.equal(await second.end('SIGTERM'), 0, second.log);
    await stage.expectAllAccountedFor(messages);
    assert.equal(stage.recorder.accepted.length, messages, 'each was delivered once');
  });

  test('keeps the order of each group of a FIFO queue', 'ordered.fifo', async (stage) => {
    stage.recorder.answer = (request) => ({ status: request % 11 === 0 ? 503 : 200, afterMs: 2 });
    await stage.send(150, { groups: 5 });
    const worker = await stage.start('w0');
    await eventually(async () => (await worker.status()).counters.deleted >= 150, 'everything deleted');
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    const groups = Map.groupBy(stage.recorder.accepted, ({ headers }) => String(headers['courier-group-id']));
    assert.equal(groups.size, 5);
    for (const deliveries of groups.values()) {
      const order = deliveries.map(({ body }) => Number(body.slice(1)));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }
    await stage.expectAllAccountedFor(150);
  });
}
