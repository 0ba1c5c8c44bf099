import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closest } from '../../api/suggestion.ts';

describe('the closest word', () => {
  const candidates = ['url', 'region', 'endpoint', 'visibilityTimeoutSeconds', 'waitTimeSeconds'];
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['regoin', 'region'],
    ['Region', 'region'],
    ['uri', 'url'],
    ['endpoints', 'endpoint'],
    ['visibilityTimeout', 'visibilityTimeoutSeconds'],
    ['waitTimeInSeconds', 'waitTimeSeconds'],
    ['waitTimeMilliseconds', 'waitTimeSeconds'],
    ['queue', undefined],
    ['x', undefined],
    ['reg', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of cases) {
    it(`to "${word}" is ${expected ?? 'none'}`, () => assert.equal(closest(word, candidates), expected));
  }

  it('is none among none', () => assert.equal(closest('x', []), undefined));
});
