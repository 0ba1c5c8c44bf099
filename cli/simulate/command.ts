import { writeFile } from 'node:fs/promises';
import { closest } from '../../api/suggestion.ts';
import { scalingPolicy } from '../../operator/scaling/policy.ts';
import type { AutoscalerName } from '../../simulator/autoscalers/autoscalers.ts';
import { drawSvg } from '../../simulator/plot/svg.ts';
import type { Scenario } from '../../simulator/scenario.ts';
import { usual } from '../../simulator/scenario.ts';
import { suite } from '../../simulator/suite/suite.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { readManifest, readText } from '../manifest.ts';
import { parseDepthTrace } from './depth-trace.ts';
import { timelineJson } from './json.ts';
import { describeTimeline } from './report.ts';
import { defaultScaling, parseScenario } from './scenario-file.ts';
import { replayAll, simulateAll } from './simulate.ts';

/** The options of `courier simulate`. */
export type SimulateOptions = {
  readonly file?: string;
  readonly depth?: string;
  readonly against: readonly AutoscalerName[];
  readonly seed: number;
  readonly svg?: string;
  readonly json: boolean;
};

/** The scenario of who names none. */
const defaultScenario = 'flash-crowd';

/** Runs a scenario, or replays a recorded depth, through the scaling function, and says what would happen and why. */
export async function simulateCommand(source: string | undefined, options: SimulateOptions): Promise<number> {
  const { file, depth, against, seed } = options;
  if (source !== undefined && depth !== undefined) {
    throw new CommandError(
      exitCodes.wrong,
      `Both ${source} and --depth ${depth} say what arrives. Leave one of them out.`,
    );
  }
  const names = ['courier', ...against.filter((name) => name !== 'courier')] as const;
  const trace = depth === undefined ? undefined : parseDepthTrace(await readText(depth), depth);
  const loaded = trace === undefined ? await loadScenario(source ?? defaultScenario) : traceScenario(depth ?? '');
  const scenario = file === undefined ? loaded : await withManifest(loaded, file);
  const timeline =
    trace?.kind === 'Depth'
      ? replayAll(scenario, trace.readings, names, seed)
      : simulateAll(trace === undefined ? scenario : withArrivals(scenario, trace.points), names, seed);
  if (options.svg !== undefined) await write(options.svg, drawSvg(timeline));
  console.log(options.json ? timelineJson(timeline) : describeTimeline(timeline));
  return exitCodes.ok;
}

/** A file, or a scenario of the suite by its name. */
async function loadScenario(source: string): Promise<Scenario> {
  const known = suite.find(({ name }) => name === source);
  if (known !== undefined) return known;
  if (/[./\\]/.test(source)) return parseScenario(await readText(source), source);
  const names = suite.map(({ name }) => name);
  const near = closest(source, names);
  const remedy = near === undefined ? `Name a file, or one of ${names.join(', ')}.` : `Did you mean ${near}?`;
  throw new CommandError(exitCodes.wrong, `"${source}" is neither a file nor a scenario that is built in. ${remedy}`);
}

/** The scaling of the one Courier of a manifest, in place of the scenario's. */
async function withManifest(scenario: Scenario, file: string): Promise<Scenario> {
  const [courier, second] = (await readManifest(file)).couriers;
  if (courier === undefined || second !== undefined) {
    throw new CommandError(exitCodes.wrong, `${file} has more than one Courier. Give a file with the one to simulate.`);
  }
  const policy = scalingPolicy(courier.spec);
  const { slotsPerReplica: slots, graceSeconds = scenario.workers.graceSeconds } = policy;
  const { minReplicas, maxReplicas, rateLimitPerSecond = null } = policy;
  const { drainTargetSeconds, targetMessagesPerReplica, idleAfterSeconds } = { ...defaultScaling, ...policy };
  return {
    ...scenario,
    name: `${scenario.name} for ${courier.metadata.name}`,
    workers: { ...scenario.workers, slots, graceSeconds, timeoutSeconds: courier.spec.recipient.timeoutSeconds },
    scaling: {
      ...{ minReplicas, maxReplicas, rateLimitPerSecond },
      ...{ drainTargetSeconds, targetMessagesPerReplica, idleAfterSeconds },
    },
  };
}

function traceScenario(file: string): Scenario {
  return { ...usual, name: file, durationSeconds: 1, arrivals: [], scaling: defaultScaling };
}

function withArrivals(scenario: Scenario, points: readonly (readonly [number, number])[]): Scenario {
  const durationSeconds = points.at(-1)?.[0] ?? 0;
  return { ...scenario, durationSeconds, arrivals: [{ shape: 'Trace', points }] };
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `${file} cannot be written: ${why}. Name a file in a directory that can be written to.`;
    throw new CommandError(exitCodes.failed, message, { cause: error });
  }
}
