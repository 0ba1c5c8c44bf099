import { firehoseConformance } from '../aws/conformance/firehose-conformance.ts';
import type { ServerUnderTest } from '../aws/conformance/server-under-test.ts';
import { sqsConformance } from '../aws/conformance/sqs-conformance.ts';
import { differencesOf } from './differences.ts';
import { forEachServer } from './servers.ts';

forEachServer((server) => {
  const { name } = server;
  const firehose = name === 'ministack';
  const underTest = (): ServerUnderTest => {
    const { endpoint, region, credentials } = server;
    return { name, endpoint, region, credentials, firehose, differences: differencesOf(name) };
  };
  sqsConformance(underTest);
  if (firehose) firehoseConformance(underTest);
});
