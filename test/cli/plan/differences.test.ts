import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeChanges } from '../../../cli/plan/describe.ts';
import { type Difference, differences } from '../../../cli/plan/differences.ts';

const cases: readonly { name: string; before: unknown; after: unknown; expected: readonly Difference[] }[] = [
  { name: 'what is the same', before: { a: [{ b: 1 }], c: null }, after: { a: [{ b: 1 }], c: null }, expected: [] },
  {
    name: 'fields that come, go and change',
    before: { gone: 1, kept: 2, spec: { replicas: 3 } },
    after: { kept: 2, spec: { replicas: 4 }, fresh: [] },
    expected: [
      { path: 'gone', before: 1, after: undefined },
      { path: 'spec.replicas', before: 3, after: 4 },
      { path: 'fresh', before: undefined, after: [] },
    ],
  },
  {
    name: 'items of a list by their names, whatever their places',
    before: {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
    after: {
      env: [
        { name: 'B', value: '3' },
        { name: 'A', value: '1' },
      ],
    },
    expected: [{ path: 'env[B].value', before: '2', after: '3' }],
  },
  {
    name: 'items without names by their places',
    before: { args: ['worker'] },
    after: { args: ['worker', '--now'] },
    expected: [{ path: 'args[1]', before: undefined, after: '--now' }],
  },
];

describe('differences', () => {
  for (const { name, before, after, expected } of cases) {
    it(`finds ${name}`, () => assert.deepEqual(differences(before, after), expected));
  }
});

describe('changes in words', () => {
  it('say what becomes of each child, and that workers are rolled out', () => {
    const text = describeChanges('shop/orders', [
      { kind: 'ServiceAccount', name: 'courier-orders', change: 'None', differences: [] },
      { kind: 'ConfigMap', name: 'courier-orders', change: 'Create', differences: [] },
      { kind: 'PodDisruptionBudget', name: 'courier-orders', change: 'Refused', owner: 'nobody', differences: [] },
      {
        kind: 'Deployment',
        name: 'courier-orders',
        change: 'Change',
        differences: [
          { path: 'spec.replicas', before: 1, after: 2 },
          { path: 'spec.template.spec.nodeSelector', before: undefined, after: { pool: 'spot' } },
        ],
      },
    ]);
    assert.deepEqual(text.split('\n'), [
      'shop/orders:',
      '  ServiceAccount courier-orders stays as it is',
      '  ConfigMap courier-orders is made',
      '  PodDisruptionBudget courier-orders belongs to nobody and is left alone: rename the Courier, or remove the object',
      '  Deployment courier-orders changes in 2 of its fields',
      '    ~ spec.replicas: 1 -> 2',
      '    + spec.template.spec.nodeSelector: {"pool":"spot"}',
      '  The workers are rolled out anew, one after the other.',
    ]);
  });

  it('do not speak of a rollout where only the number of workers changes', () => {
    const replicas = { path: 'spec.replicas', before: 1, after: undefined };
    const text = describeChanges('shop/orders', [
      { kind: 'Deployment', name: 'courier-orders', change: 'Change', differences: [replicas] },
    ]);
    assert.match(text, /- spec\.replicas: 1$/);
  });
});
