import { closest } from '../../api/suggestion.ts';
import { scalingPolicy } from '../../operator/scaling/policy.ts';
import { type Scenario, usual } from '../../simulator/scenario.ts';
import { suite } from '../../simulator/suite/suite.ts';
import type { Reading } from '../../simulator/trace.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { readManifest } from '../manifest.ts';
import { readText } from '../text-file.ts';
import { parseDepthTrace } from './depth-trace.ts';
import { defaultScaling, parseScenario } from './scenario-file.ts';

export type SubjectOptions = {
  /** A manifest whose Courier is to be scaled. */
  readonly file?: string;
  /** A recorded trace. */
  readonly depth?: string;
};

/** What is to be simulated, or, where there are readings, replayed. */
export type Subject = { readonly scenario: Scenario; readonly readings: readonly Reading[] | null };

/** The scenario of who names none. */
const defaultScenario = 'flash-crowd';

/**
 * Reads what arrives (a scenario file, a built-in scenario by its name, or a trace), and the scaling of a Courier if one is
 * given.
 * @throws CommandError in words for a person.
 */
export async function loadSubject(source: string | undefined, { file, depth }: SubjectOptions): Promise<Subject> {
  if (source !== undefined && depth !== undefined) {
    const message = `Both ${source} and --depth ${depth} say what arrives. Leave one of them out.`;
    throw new CommandError(exitCodes.wrong, message);
  }
  const subject =
    depth === undefined
      ? { scenario: await loadScenario(source ?? defaultScenario), readings: null }
      : await loadTrace(depth);
  return file === undefined ? subject : { ...subject, scenario: await withManifest(subject.scenario, file) };
}

async function loadScenario(source: string): Promise<Scenario> {
  const known = suite.find(({ name }) => name === source);
  if (known !== undefined) return known;
  if (/[./\\]/.test(source)) return parseScenario(await readText(source), source);
  const names = suite.map(({ name }) => name);
  const near = closest(source, names);
  const remedy = near === undefined ? `Name a file, or one of ${names.join(', ')}.` : `Did you mean ${near}?`;
  throw new CommandError(exitCodes.wrong, `"${source}" is neither a file nor a scenario that is built in. ${remedy}`);
}

/** Recorded arrivals become those of the usual workers and a healthy recipient. */
async function loadTrace(file: string): Promise<Subject> {
  const trace = parseDepthTrace(await readText(file), file);
  const isDepth = trace.kind === 'Depth';
  const durationSeconds = (isDepth ? trace.readings.at(-1)?.seconds : trace.points.at(-1)?.[0]) ?? 0;
  const scenario = { ...usual, name: file, durationSeconds, scaling: defaultScaling };
  return isDepth
    ? { scenario: { ...scenario, arrivals: [] }, readings: trace.readings }
    : { scenario: { ...scenario, arrivals: [{ shape: 'Trace', points: trace.points }] }, readings: null };
}

/** The scaling of the one Courier of a manifest, in place of the scenario's. */
async function withManifest(scenario: Scenario, file: string): Promise<Scenario> {
  const [courier, second] = (await readManifest(file)).couriers;
  if (courier === undefined || second !== undefined) {
    throw new CommandError(exitCodes.wrong, `${file} has more than one Courier. Give a file with the one to simulate.`);
  }
  const { scaling, recipient } = courier.spec;
  const { slotsPerReplica: slots, graceSeconds, rateLimitPerSecond } = scalingPolicy(courier.spec);
  return {
    ...scenario,
    name: `${scenario.name} for ${courier.metadata.name}`,
    workers: {
      ...{ ...scenario.workers, slots, timeoutSeconds: recipient.timeoutSeconds },
      graceSeconds: graceSeconds ?? scenario.workers.graceSeconds,
    },
    scaling: { ...scaling, rateLimitPerSecond: rateLimitPerSecond ?? null },
  };
}
