import { courierSchema } from '../../api/crd.gen.ts';
import { propertyOf, withDefaults } from '../../api/decoding.ts';
import { formatPath } from '../../api/field-path.ts';
import { formatProblem, type Problem } from '../../api/problem.ts';
import { parseSource, type SourceDocument } from '../../api/source.ts';
import type { CourierSpec } from '../../api/v1alpha1.gen.ts';
import type { Violation } from '../../api/violation.ts';
import {
  type Arrivals,
  type ScalingModel,
  type Scenario,
  type Span,
  type Spell,
  usual,
} from '../../simulator/scenario.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import {
  type Field,
  type Fields,
  flag,
  invalid,
  list,
  number,
  object,
  oneOf,
  pair,
  type Read,
  range,
  text,
  wholeNumber,
} from './fields.ts';

/** The longest run, and the most messages of one: what fits the memory of a small machine. */
const longestSeconds = 7 * 86_400;

const required = <T>(read: Read<T>): Field<T> => ({ read });
const optional = <T>(read: Read<T>): Field<T | undefined> => ({ read, fallback: undefined });
const or = <T>(fallback: T, read: Read<T>): Field<T> => ({ read, fallback });

const share = number(0, 1);
const count = number(0);
const seconds = number(0);
/** Zero would be a division by nothing. */
const positive = number(0.001);

const span: Fields<Span> = { fromSeconds: optional(seconds), toSeconds: optional(seconds) };
const spans = list(object<Span>(span));

const arrivals = oneOf<Arrivals>('shape', {
  Constant: { ...span, perSecond: required(count) },
  Ramp: { ...span, perSecond: required(count), toPerSecond: required(count) },
  Wave: { ...span, perSecond: required(count), toPerSecond: required(count), periodSeconds: required(positive) },
  Sawtooth: { ...span, perSecond: required(count), toPerSecond: required(count), periodSeconds: required(positive) },
  Bursts: {
    ...span,
    perSecond: required(count),
    toPerSecond: required(count),
    meanSeconds: required(positive),
    toMeanSeconds: required(positive),
  },
  Batch: { ...span, messages: required(wholeNumber(1, 5_000_000)), periodSeconds: optional(number(1)) },
  Trace: { ...span, points: required(list(pair)) },
});

const spell = oneOf<Spell>('trouble', {
  Down: { ...span, afterSeconds: optional(positive) },
  Failing: { ...span, share: required(share) },
  Overloaded: { ...span, concurrency: required(positive) },
  Throttling: { ...span, perSecond: required(positive) },
  Saturating: { ...span, concurrency: required(positive), exponent: required(number(0, 5)) },
  Slower: { ...span, factor: required(positive) },
});

const queue = object<Scenario['queue']>({
  lagSeconds: or(usual.queue.lagSeconds, range(0)),
  noise: or(usual.queue.noise, share),
  glitchShare: or(usual.queue.glitchShare, share),
  phantomShare: or(usual.queue.phantomShare, share),
  outages: or(usual.queue.outages, spans),
  fifoGroups: or(usual.queue.fifoGroups, wholeNumber(0, 100_000)),
  maxReceiveCount: or(usual.queue.maxReceiveCount, wholeNumber(0, 1000)),
  visibilityTimeoutSeconds: or(usual.queue.visibilityTimeoutSeconds, number(0, 43_200)),
  poisonShare: or(usual.queue.poisonShare, share),
});

const workers = object<Scenario['workers']>({
  slots: or(usual.workers.slots, wholeNumber(1, 1024)),
  serviceSeconds: or(usual.workers.serviceSeconds, positive),
  serviceVariation: or(usual.workers.serviceVariation, number(0, 10)),
  timeoutSeconds: or(usual.workers.timeoutSeconds, positive),
  startupSeconds: or(usual.workers.startupSeconds, range(0)),
  neverReadyShare: or(usual.workers.neverReadyShare, share),
  graceSeconds: or(usual.workers.graceSeconds, seconds),
  adaptiveLimit: or(usual.workers.adaptiveLimit, flag),
});

const audit = object<NonNullable<Scenario['audit']>>({
  perSecond: required(positive),
  outages: or([], spans),
  // 16 a slot of the usual worker, as a worker with the usual 64 slots has.
  bufferMessages: or(64, wholeNumber(1, 1_000_000)),
});

const operator = object<Scenario['operator']>({
  silentWorkers: or(usual.operator.silentWorkers, spans),
  restarts: or(usual.operator.restarts, list(seconds)),
  restartSeconds: or(usual.operator.restartSeconds, seconds),
});

/** What a Courier has when its author sets nothing. */
export const defaultScaling: ScalingModel = { ...crdScaling(), rateLimitPerSecond: null };

const scaling = object<ScalingModel>({
  minReplicas: or(defaultScaling.minReplicas, wholeNumber(0, 1000)),
  maxReplicas: or(defaultScaling.maxReplicas, wholeNumber(1, 1000)),
  drainTargetSeconds: or(defaultScaling.drainTargetSeconds, wholeNumber(1, 86_400)),
  targetMessagesPerReplica: or(defaultScaling.targetMessagesPerReplica, wholeNumber(1, 1_000_000)),
  idleAfterSeconds: or(defaultScaling.idleAfterSeconds, wholeNumber(0, 86_400)),
  maxScaleOutStep: or(defaultScaling.maxScaleOutStep, wholeNumber(0, 1000)),
  drainTimeoutSeconds: or(defaultScaling.drainTimeoutSeconds, wholeNumber(0, 43_200)),
  rateLimitPerSecond: or(null, positive),
});

const readScenario = (name: string) =>
  object<Scenario>({
    name: or(name, text),
    durationSeconds: required(number(1, longestSeconds)),
    arrivals: required(list(arrivals)),
    queue: or(usual.queue, queue),
    workers: or(usual.workers, workers),
    recipient: or([], list(spell)),
    audit: or(null, audit),
    operator: or(usual.operator, operator),
    scaling: or(defaultScaling, scaling),
  });

/**
 * Reads a scenario of a file.
 * @throws CommandError with one line for each problem.
 */
export function parseScenario(source: string, file: string): Scenario {
  const { documents, problems } = parseSource(source, file);
  if (problems.length > 0) throw wrong(problems);
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const message = document === undefined ? 'the file is empty' : 'the file has more than one document';
    throw wrong([{ ...nowhere, file, message, remedy: 'Write one scenario.' }]);
  }
  const name = file.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');
  const violations: Violation[] = [];
  const report = (violation: Violation) => void violations.push(violation);
  const scenario = readScenario(name)(document.value, [], report);
  if (violations.length === 0) for (const violation of contradictions(scenario)) report(violation);
  if (violations.length > 0) throw wrong(violations.map((violation) => toProblem(violation, file, document)));
  return scenario;
}

const nowhere = { reason: 'Invalid', line: 1, column: 1, path: '' } as const;

/** Values that are right by themselves, and not together. */
function* contradictions({ arrivals, recipient, scaling, queue }: Scenario): Generator<Violation> {
  const { minReplicas, maxReplicas } = scaling;
  if (minReplicas > maxReplicas) {
    const message = `${minReplicas} is above maxReplicas ${maxReplicas}`;
    yield invalid(['scaling', 'minReplicas'], minReplicas, message, 'Lower it, or raise maxReplicas.');
  }
  if (queue.poisonShare > 0 && queue.maxReceiveCount === 0) {
    const remedy = 'Set it, such as to 5: without it nobody ends what the recipient never accepts.';
    yield invalid(['queue', 'maxReceiveCount'], 0, '0 leaves poison in the queue for ever', remedy);
  }
  for (const [list, items] of Object.entries({ arrivals, recipient })) {
    for (const [index, { fromSeconds = 0, toSeconds }] of items.entries()) {
      if (toSeconds === undefined || toSeconds > fromSeconds) continue;
      const message = `${toSeconds} is not after fromSeconds ${fromSeconds}`;
      yield invalid([list, index, 'toSeconds'], toSeconds, message, 'Write a later time.');
    }
  }
}

function toProblem(violation: Violation, file: string, document: SourceDocument): Problem {
  const { path, ...rest } = violation;
  return {
    ...rest,
    file,
    path: formatPath(path),
    ...document.locate(path, rest.reason === 'Unknown' ? 'name' : 'value'),
  };
}

function wrong(problems: readonly Problem[]): CommandError {
  return new CommandError(exitCodes.wrong, problems.map(formatProblem).join('\n'));
}

function crdScaling(): Omit<ScalingModel, 'rateLimitPerSecond'> {
  const spec = propertyOf(courierSchema, 'spec');
  const schema = spec && propertyOf(spec, 'scaling');
  if (schema === undefined) throw new Error('the schema of a Courier has no spec.scaling');
  return withDefaults(schema, {}) as CourierSpec['scaling'];
}
