import assert from 'node:assert/strict';
import { KubeError } from '../../../operator/kube/errors.ts';

/** The KubeError with which a call fails. */
export async function failureOf(call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(
    () => assert.fail('the call succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KubeError, `not a KubeError: ${error}`);
  return error;
}
