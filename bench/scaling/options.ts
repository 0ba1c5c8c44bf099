import { parseArgs } from 'node:util';
import type { ScalingModel, SuiteScenario } from '../../simulator/scenario.ts';
import { suite } from '../../simulator/suite/suite.ts';
import { unseenScenario } from '../../simulator/suite/unseen.ts';

/** What the bench is to run, and how it is to say what came of it. */
export type Options = {
  readonly scenarios: readonly SuiteScenario[];
  readonly seeds: readonly number[];
  /** Whether these are all there are, so that the targets apply. */
  readonly whole: boolean;
  readonly json: boolean;
  /** Whether what is measured goes into the documentation. */
  readonly record: boolean;
  /** A row for each scenario too. */
  readonly each: boolean;
  /** A directory for one plot of each scenario. */
  readonly plots?: string;
};

/**
 * Reads the command line: `--seeds 5`, `--only PART` of category/name, `--unseen COUNT` generated scenarios instead of the
 * suite, from number `--first 1`, `--drain-target 30` and `--idle-after 60` seconds, `--each`, `--json`, `--plots DIRECTORY`, and
 * `--record` to write the table of the documentation: of the whole suite with the defaults only.
 * @throws Error that names what is wrong.
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      unseen: { type: 'string' },
      first: { type: 'string', default: '1' },
      'drain-target': { type: 'string', default: '30' },
      'idle-after': { type: 'string', default: '60' },
      each: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      plots: { type: 'string' },
    },
  });
  const { unseen, only, each, json, record, plots } = values;
  if (record && args.length > 1) throw new Error('--record takes the suite as it is: leave the other options out');
  const first = count('first', values.first);
  const scenarios =
    unseen === undefined ? suite : upTo(count('unseen', unseen)).map((n) => unseenScenario(first + n - 1));
  const scaling = {
    drainTargetSeconds: count('drain-target', values['drain-target']),
    idleAfterSeconds: count('idle-after', values['idle-after']),
  };
  const chosen = scenarios.filter(({ name, category }) => `${category}/${name}`.includes(only));
  if (chosen.length === 0) throw new Error(`--only ${only}: no scenario has this in its category/name`);
  return {
    scenarios: chosen.map((scenario) => withScaling(scenario, scaling)),
    seeds: upTo(count('seeds', values.seeds)),
    ...{ whole: only === '', json, each, record },
    ...(plots !== undefined && { plots }),
  };
}

function withScaling(scenario: SuiteScenario, changes: Partial<ScalingModel>): SuiteScenario {
  return { ...scenario, scaling: { ...scenario.scaling, ...changes } };
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function count(name: string, text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error(`--${name} ${text}: it must be a whole number above zero`);
}
