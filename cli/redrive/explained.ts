import { AwsError } from '../../aws/errors.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import type { TargetOptions } from './target.ts';

/** What the options are called that say where the queues are. */
const optionNames = { name: '--dead-letter-url or --queue-url', region: '--region', endpoint: '--endpoint' } as const;

/** @throws CommandError naming the options, or the fields of the manifest, for a failure of AWS. */
export async function explained<T>({ file }: TargetOptions, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { sentence } = describeAwsFailure(error, file === undefined ? optionNames : undefined);
    throw new CommandError(exitCodes.failed, `${sentence}.`, { cause: error });
  }
}
