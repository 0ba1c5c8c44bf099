import assert from 'node:assert/strict';

/** The error with which a call fails, which must be of this class. */
export async function failureAs<Failure extends Error>(
  type: new (...args: never[]) => Failure,
  call: Promise<unknown>,
): Promise<Failure> {
  const error = await call.then(
    () => assert.fail('the call succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof type, `not a ${type.name}: ${error}`);
  return error;
}
