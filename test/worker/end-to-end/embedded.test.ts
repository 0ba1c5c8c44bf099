import { describe } from 'node:test';
import { useEmbeddedServer } from './embedded-server.ts';
import { fullDiskTest, stormTest } from './faults.ts';
import { workerEndToEnd } from './suite.ts';

describe('real workers on the embedded SQS', { concurrency: 3 }, () => {
  const server = useEmbeddedServer();
  workerEndToEnd(server, 1_000);
  stormTest(server, { messages: 400, groups: 0, audit: 'File', faults: ['Kill', 'Kill'], seed: 1 });
  stormTest(server, { messages: 300, groups: 12, audit: 'Firehose', faults: ['Halt', 'Kill'], seed: 2 });
  fullDiskTest(server, 0, 800);
});
