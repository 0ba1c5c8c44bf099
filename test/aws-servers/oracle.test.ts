import { test } from 'node:test';
import { assertSameMissingQueue, assertSameStory, stories } from '../aws/oracle.ts';
import { forEachServer } from './servers.ts';

const claim = 'the raw data plane and the AWS SDK get the same answers';

forEachServer((server) => {
  for (const story of stories) test(`${claim}: ${story.name}`, () => assertSameStory(server, story));

  test(`${claim}: a queue that does not exist`, () => assertSameMissingQueue(server));
});
