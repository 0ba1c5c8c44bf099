import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkScenarios } from './check.ts';

describe('the guarantee on a FIFO queue, and the order of each group', () => {
  it('hold whatever fails, stops and dies', async () => {
    await checkScenarios(560, { queue: fc.constant('Fifo') });
  });
});
