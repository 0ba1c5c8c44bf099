import fc from 'fast-check';

/**
 * What draws other cases. The seed alone does; with the path, as a failure prints them, it shows that failure again. Without
 * either every run draws the same: a change is judged by what it changes.
 */
export const propertyEnvironment = {
  seed: 'COURIER_PROPERTY_SEED',
  path: 'COURIER_PROPERTY_PATH',
  /** So many times as many cases as usual. */
  times: 'COURIER_PROPERTY_TIMES',
} as const;
const usualSeed = 20_261_127;
const usualRuns = 100;

export type PropertyOptions<Ts> = {
  /** Cases to draw; 100 when not given. */
  readonly numRuns?: number;
  /** Cases to check before any is drawn: those that have failed once. */
  readonly examples?: Ts[];
  /** Reduces a failure in its replay alone, where that may take longer than the test may: the seed would be lost. */
  readonly slow?: boolean;
};

/**
 * Checks a property with drawn cases, the same ones in every run.
 * @throws Error for the first that fails, with the seed and path to replay it by.
 */
export function checkProperty<Ts>(property: fc.IAsyncProperty<Ts>, options?: PropertyOptions<Ts>): Promise<void>;
export function checkProperty<Ts>(property: fc.IProperty<Ts>, options?: PropertyOptions<Ts>): void;
export function checkProperty<Ts>(
  property: fc.IRawProperty<Ts>,
  options: PropertyOptions<Ts> = {},
): Promise<void> | void {
  const details: fc.RunDetails<Ts> | Promise<fc.RunDetails<Ts>> = fc.check(property, parametersOf(options));
  return details instanceof Promise ? details.then(judge) : judge(details);
}

function parametersOf<Ts>({ numRuns = usualRuns, examples = [], slow = false }: PropertyOptions<Ts>) {
  const names = propertyEnvironment;
  const { [names.seed]: seed = usualSeed, [names.times]: times = 1, [names.path]: path } = process.env;
  return {
    numRuns: numRuns * Number(times),
    seed: Number(seed),
    examples,
    ...(path === undefined ? { endOnFailure: slow } : { path }),
  };
}

function judge<Ts>(details: fc.RunDetails<Ts>): void {
  if (!details.failed) return;
  const { seed, path } = propertyEnvironment;
  const replay = `${seed}=${details.seed} ${path}=${details.counterexamplePath}`;
  throw new Error(`replay with ${replay}\n${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
}
