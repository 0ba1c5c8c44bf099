import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkScenarios } from './check.ts';

describe('the guarantee on a standard queue, with tenants or without', () => {
  it('holds whatever fails, stops and dies', async () => {
    await checkScenarios(560, { queue: fc.constantFrom('Standard', 'Tenants') });
  });
});
