import { describe, it } from 'node:test';
import { checkScenarios } from './check.ts';
import { grants, limit } from './scenario.ts';

describe('the guarantee under a rate limit', () => {
  it('holds, and the limit does in every window, with workers that replace each other', async () => {
    await checkScenarios(270, { limit });
  });

  it('holds, and the limit does in every window, with shares that change and run out', async () => {
    await checkScenarios(270, { limit, grants });
  });
});
