import { writeFile } from 'node:fs/promises';
import type { AutoscalerName } from '../../simulator/autoscalers/autoscalers.ts';
import { replayAll, simulateAll } from '../../simulator/compare.ts';
import { drawSvg } from '../../simulator/plot/svg.ts';
import type { Timeline } from '../../simulator/plot/timeline.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { timelineJson } from './json.ts';
import { describeTimeline } from './report.ts';
import { checkSize } from './size.ts';
import { loadSubject, type SubjectOptions } from './subject.ts';

/** The options of `courier simulate`. */
export type SimulateOptions = SubjectOptions & {
  readonly against: readonly AutoscalerName[];
  readonly seed: number;
  readonly svg?: string;
  readonly json: boolean;
};

/** Runs a scenario, or replays a recorded depth, through the scaling function, and says what would happen and why. */
export async function simulateCommand(source: string | undefined, options: SimulateOptions): Promise<number> {
  const timeline = await run(source, options);
  if (options.svg !== undefined) await write(options.svg, drawSvg(timeline));
  console.log(options.json ? timelineJson(timeline) : describeTimeline(timeline));
  return exitCodes.ok;
}

async function run(source: string | undefined, options: SimulateOptions): Promise<Timeline> {
  const { seed } = options;
  const names = ['courier', ...options.against] as const;
  const { scenario, readings } = await loadSubject(source, options);
  if (readings !== null) return replayAll(scenario, readings, names, seed);
  checkSize(scenario, seed);
  return simulateAll(scenario, names, seed);
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
