import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EmbeddedAws, startEmbeddedAws } from '../../../aws/embedded/server.ts';
import { firehoseCases, firehoseConformance } from '../conformance/firehose-conformance.ts';
import type { ServerUnderTest } from '../conformance/server-under-test.ts';
import { sqsCases, sqsConformance } from '../conformance/sqs-conformance.ts';

let aws: EmbeddedAws;

before(async () => {
  aws = await startEmbeddedAws();
});

after(() => aws.close());

const server = (): ServerUnderTest => ({
  name: 'the embedded server',
  endpoint: aws.endpoint,
  region: aws.region,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  firehose: true,
  differences: new Set(),
});

sqsConformance(server);
firehoseConformance(server);

test('every case has an id of its own', () => {
  const ids = [...sqsCases, ...firehoseCases].map(({ id }) => id);
  assert.deepEqual([...new Set(ids)], ids);
});
