import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { EmbeddedFirehose, type EmbeddedFirehoseOptions } from '../../../aws/embedded/firehose.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { refuses } from './fixture.ts';

function setUp(options: Partial<EmbeddedFirehoseOptions> = {}) {
  const firehose = new EmbeddedFirehose({ clock: new VirtualClock(), random: Math.random, ...options });
  const put = (stream: string, ...texts: readonly string[]) =>
    firehose.call('PutRecordBatch', {
      DeliveryStreamName: stream,
      Records: texts.map((text) => ({ Data: Buffer.from(text).toString('base64') })),
    });
  return { firehose, put };
}

const text = (records: readonly Uint8Array[]): string => Buffer.concat(records).toString();

test('records stay in memory in the order they were put', async () => {
  const { firehose, put } = setUp();
  firehose.createDeliveryStream('audit');
  await Promise.all([put('audit', '1\n', '2\n'), put('audit', '3\n')]);
  assert.equal(text(firehose.records('audit')), '1\n2\n3\n');
});

test('records land in a file per stream, as they were put and one after the other', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'courier-firehose-'));
  t.after(() => rm(root, { recursive: true }));
  const directory = join(root, 'made', 'on', 'demand');
  const { firehose, put } = setUp({ directory, keepRecords: false });
  for (const name of ['a', 'b']) firehose.createDeliveryStream(name);
  await Promise.all([put('a', '{"n":1}\n', '{"n":2}\n'), put('b', 'é'), put('a', '{"n":3}\n')]);
  assert.equal(await readFile(join(directory, 'a.ndjson'), 'utf8'), '{"n":1}\n{"n":2}\n{"n":3}\n');
  assert.equal(await readFile(join(directory, 'b.ndjson'), 'utf8'), 'é');
  assert.deepEqual(firehose.records('a'), []);
  await firehose.close();
});

test('records that are put at the same time land in the order of their calls', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'courier-firehose-'));
  t.after(() => rm(directory, { recursive: true }));
  const { firehose, put } = setUp({ directory });
  firehose.createDeliveryStream('audit');
  const lines = Array.from({ length: 200 }, (_, n) => `${n}${'x'.repeat(n % 7 === 0 ? 100_000 : 1)}\n`);
  await Promise.all(lines.map((line) => put('audit', line)));
  await firehose.close();
  assert.equal(await readFile(join(directory, 'audit.ndjson'), 'utf8'), lines.join(''));
});

test('a file that cannot be written makes the service unavailable, and nothing is accepted', async () => {
  const { firehose, put } = setUp({ directory: '/dev/null/not-a-directory' });
  firehose.createDeliveryStream('audit');
  await refuses(put('audit', 'x'), 'ServiceUnavailableException', /cannot be written/);
  assert.deepEqual(firehose.records('audit'), []);
});

test('a stream that does not exist is made by the first put only where that was asked for', async () => {
  const strict = setUp();
  await refuses(strict.put('audit', 'x'), 'ResourceNotFoundException');
  const { firehose, put } = setUp({ autoCreateStreams: true });
  await put('audit', 'x');
  assert.equal(text(firehose.records('audit')), 'x');
  await refuses(firehose.call('DescribeDeliveryStream', { DeliveryStreamName: 'other' }), 'ResourceNotFoundException');
});

test('a stream shows the destination that it was made with', async () => {
  const { firehose } = setUp();
  const destination = {
    ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'AppendDelimiterToRecord' }] },
  };
  const stream = { DeliveryStreamName: 'audit', ExtendedS3DestinationConfiguration: destination };
  await firehose.call('CreateDeliveryStream', stream);
  const answer = await firehose.call('DescribeDeliveryStream', { DeliveryStreamName: 'audit' });
  const { Destinations } = (answer as { DeliveryStreamDescription: { Destinations: object[] } })
    .DeliveryStreamDescription;
  const expected = { DestinationId: 'destinationId-000000000001', ExtendedS3DestinationDescription: destination };
  assert.deepEqual(Destinations, [expected]);
});
