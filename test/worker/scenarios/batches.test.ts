import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkScenarios } from './check.ts';
import { batch, limit } from './scenario.ts';

describe('the guarantee with several messages a request', () => {
  it('holds whatever fails, stops and dies, under a rate limit too', async () => {
    await checkScenarios(360, { batch, limit: fc.option(limit, { nil: undefined }) });
  });
});
