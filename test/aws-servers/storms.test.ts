import { describe } from 'node:test';
import { useEmbeddedServer } from '../worker/end-to-end/embedded-server.ts';
import { fullDiskTest, stormTest } from '../worker/end-to-end/faults.ts';
import type { StormPlan } from '../worker/end-to-end/storm.ts';
import { forEachServer } from './servers.ts';

const kills = new Array<'Kill'>(8).fill('Kill');
const mixed = ['Kill', 'Halt', 'Kill', 'Halt'] as const;

describe('real workers on the embedded SQS and Firehose, for long', { concurrency: 2 }, () => {
  const server = useEmbeddedServer();
  let seed = 100;
  for (const groups of [0, 20])
    for (const audit of ['File', 'Firehose'] as const)
      for (const faults of [kills, mixed, ['Halt'] as const]) {
        const plan: StormPlan = { messages: groups === 0 ? 4_000 : 1_500, groups, audit, faults, seed: seed++ };
        stormTest(server, plan);
      }
  for (const groups of [0, 20]) fullDiskTest(server, groups, 2_000);
});

forEachServer((server) => {
  for (const groups of [0, 20])
    stormTest(() => server, { messages: 1_500, groups, audit: 'File', faults: mixed, seed: 200 + groups });
});
