import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { openStream, type StreamConnection } from '../../aws/clients.ts';
import { type FirehoseProxy, startFirehoseProxy } from '../support/firehose-proxy.ts';
import { createDeliveryStream, type TestStream } from './delivery-stream.ts';
import { miniStack } from './ministack.ts';
import { forEachServer } from './servers.ts';

const records = ['a', 'b', 'c'].map((name) => Buffer.from(`{"name":"${name}"}\n`));
const lines = records.map(String);

forEachServer(
  (server) => {
    let proxy: FirehoseProxy;
    const open: StreamConnection[] = [];

    before(async () => {
      proxy = await startFirehoseProxy(server.endpoint);
    });

    after(async () => {
      await Promise.all(open.map((stream) => stream.close()));
      await proxy.close();
    });

    async function createStream(): Promise<StreamConnection & TestStream> {
      const { region, credentials } = server;
      const made = await createDeliveryStream(server);
      const options = { deliveryStreamName: made.name, endpoint: proxy.endpoint, region, credentials };
      const connection = await openStream(options, systemClock);
      open.push(connection);
      return { ...connection, ...made };
    }

    test('records that are accepted arrive', async () => {
      const stream = await createStream();
      assert.deepEqual(await stream.port.putRecords(records), [undefined, undefined, undefined]);
      assert.deepEqual((await stream.records()).sort(), lines);
    });

    test('a stream that exists is active', async () => {
      const { status, appendsDelimiter } = await (await createStream()).describe();
      assert.deepEqual({ status, appendsDelimiter }, { status: 'ACTIVE', appendsDelimiter: false });
    });

    test('records that fail alone are told apart, and do not arrive', async () => {
      const stream = await createStream();
      proxy.inject({ kind: 'failRecords', fails: (index) => index === 1 });
      const outcome = await stream.port.putRecords(records);
      assert.deepEqual(
        outcome.map((failure) => failure?.code),
        [undefined, 'ServiceUnavailableException', undefined],
      );
      assert.deepEqual((await stream.records()).sort(), [lines[0], lines[2]]);
    });

    test('all records may fail in a call that succeeds', async () => {
      const stream = await createStream();
      proxy.inject({ kind: 'failRecords', fails: () => true });
      const outcome = await stream.port.putRecords(records);
      assert.ok(outcome.every((failure) => failure?.code === 'ServiceUnavailableException'));
      assert.deepEqual(await stream.records(), []);
    });

    test('a call that is throttled as a whole puts nothing', async () => {
      const stream = await createStream();
      proxy.inject({ kind: 'unavailable' });
      await assert.rejects(stream.port.putRecords(records), { code: 'ServiceUnavailableException', status: 503 });
      assert.deepEqual(await stream.records(), []);
    });

    test('a call whose answer is lost fails, though its records have arrived', async () => {
      const stream = await createStream();
      proxy.inject({ kind: 'commitThenCut' });
      await assert.rejects(stream.port.putRecords(records), { code: 'Network' });
      assert.deepEqual((await stream.records()).sort(), lines);
    });
  },
  [miniStack],
);
