import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CommandError } from '../../../cli/exit-codes.ts';
import { parseDepthTrace } from '../../../cli/simulate/depth-trace.ts';
import { parseScenario } from '../../../cli/simulate/scenario-file.ts';

const project = join(import.meta.dirname, '../../..');
const small = 'durationSeconds: 300\narrivals: [{ shape: Constant, perSecond: 5 }]\n';

/** One sentence or more on one line, for a person, and the exit code of what was written wrong. */
function assertRefused(read: () => unknown, sentence: RegExp): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof CommandError, String(error));
    assert.match(error.message, sentence);
    assert.equal(error.message.split('\n').length, 1);
    assert.equal(error.exitCode, 2);
    return true;
  });
}

describe('a scenario file', () => {
  test('needs no more than a duration and arrivals', () => {
    const scenario = parseScenario(small, 'shop/quiet.yaml');
    assert.equal(scenario.name, 'quiet');
    assert.deepEqual(scenario.arrivals, [{ shape: 'Constant', perSecond: 5 }]);
    assert.equal(scenario.scaling.drainTargetSeconds, 60);
    assert.equal(scenario.workers.slots, 4);
    assert.equal(scenario.audit, null);
  });

  test('names every problem, not only the first', () => {
    const text = 'durationSeconds: 0\narrivals: [{ shape: Constant }]\nseed: 1\n';
    assert.throws(() => parseScenario(text, 'a.yaml'), /a\.yaml:3.* seed: .*\n.*durationSeconds: .*\n.*perSecond/);
  });

  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['a scenario without a duration', 'arrivals: []', /durationSeconds: is required and missing\. Add it\./],
    [
      'a number that is none',
      'durationSeconds: 5m\narrivals: []',
      /:1:18: durationSeconds: "5m" is not a number from 1 to 604800\. Write a number from 1 to 604800, without a unit\./,
    ],
    [
      'an unknown shape',
      'durationSeconds: 60\narrivals: [{ shape: Rampe }]',
      /:2:\d+: arrivals\[0\]\.shape: "Rampe" is not one of Constant, .*Did you mean Ramp\?/,
    ],
    [
      'an unknown trouble',
      `${small}recipient: [{}]`,
      /recipient\[0\]\.trouble: is required and missing\. Write one of Down, /,
    ],
    [
      'bounds that cross',
      `${small}scaling: { minReplicas: 9, maxReplicas: 3 }`,
      /scaling\.minReplicas: 9 is above maxReplicas 3\. Lower it, or raise maxReplicas\./,
    ],
    [
      'times that run back',
      `${small}recipient: [{ trouble: Down, fromSeconds: 50, toSeconds: 20 }]`,
      /recipient\[0\]\.toSeconds: 20 is not after fromSeconds 50/,
    ],
    [
      'a range that runs back',
      `${small}workers: { startupSeconds: [20, 5] }`,
      /workers\.startupSeconds: \[20,5\] is not a range\. Write \[least, most\]/,
    ],
    [
      'poison without an end',
      `${small}queue: { poisonShare: 0.1 }`,
      /queue\.maxReceiveCount: 0 leaves poison in the queue/,
    ],
    ['an empty file', '', /the file is empty\. Write one scenario\./],
  ];
  for (const [what, text, sentence] of cases) {
    test(`is refused with ${what}`, () => assertRefused(() => parseScenario(text, 'scenario.yaml'), sentence));
  }
});

describe('docs/simulate.md', () => {
  test('names every field, shape and trouble of the example that has them all', async () => {
    const page = await readFile(join(project, 'docs/simulate.md'), 'utf8');
    const text = await readFile(join(project, 'examples/scenarios/everything.yaml'), 'utf8');
    const scenario = parseScenario(text, 'everything.yaml');
    const names = JSON.stringify(scenario).matchAll(/"(\w+)":|"(?:shape|trouble)":"(\w+)"/g);
    const unnamed = [...names]
      .map(([, field, kind]) => field ?? kind ?? '')
      .filter((name) => !page.includes(`\`${name}\``));
    assert.deepEqual(unnamed, []);
  });
});

describe('a trace', () => {
  test('has times in seconds or as dates, of which the first is zero', () => {
    const text = 'visible,time\r\n5,2026-11-02T09:00:00Z\r\n7,2026-11-02T09:01:30Z\r\n';
    assert.deepEqual(parseDepthTrace(text, 'trace.csv'), {
      kind: 'Depth',
      readings: [
        { seconds: 0, visible: 5, notVisible: 0 },
        { seconds: 90, visible: 7, notVisible: 0 },
      ],
    });
  });

  test('may be of arrivals', () => {
    const trace = parseDepthTrace('time,perSecond\n10,1\n20,2.5\n', 'trace.csv');
    assert.deepEqual(trace, {
      kind: 'Arrivals',
      points: [
        [0, 1],
        [10, 2.5],
      ],
    });
  });

  const traces: readonly (readonly [string, string, RegExp])[] = [
    [
      'a column that it does not know',
      'time,depth\n0,1\n1,2',
      /trace\.csv:1: "depth" is not a column\. The header names time, visible/,
    ],
    [
      'no depth and no arrivals',
      'time,notVisible\n0,1\n1,2',
      /:1: the header is "time,notVisible"\. Name time, and either visible or perSecond\./,
    ],
    [
      'a value that is none',
      'time,visible\n0,1\n1,many',
      /:3: visible: "many" is not usable\. Write a number that is not negative\./,
    ],
    [
      'a time that is none',
      'time,visible\nnoon,1\n1,2',
      /:2: time: "noon" is not usable\. Write seconds or an ISO 8601 time\./,
    ],
    ['a row that is short', 'time,visible\n0,1\n1', /:3: the row has 1 values for 2 columns/],
    ['rows out of order', 'time,visible\n5,1\n1,2', /:3: time does not grow/],
    ['a trace with one row', 'time,visible\n5,1', /:1: there are fewer than two rows/],
  ];
  for (const [what, text, sentence] of traces) {
    test(`is refused with ${what}`, () => assertRefused(() => parseDepthTrace(text, 'trace.csv'), sentence));
  }
});
