import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyError, conflictError, NameConflict } from '../../../operator/courier/apply-error.ts';
import { KubeError, type KubeErrorInit } from '../../../operator/kube/errors.ts';

const child = { kind: 'Deployment', namespace: 'shop', name: 'courier-orders' } as const;
const error = (init: Partial<KubeErrorInit>) =>
  new KubeError({ operation: 'apply deployments.apps shop/courier-orders', reason: 'X', detail: 'said so', ...init });

describe('what the API server answers to a child', () => {
  const cases: Readonly<Record<string, readonly [Partial<KubeErrorInit>, string, boolean, RegExp]>> = {
    'a right that is missing': [
      { status: 403, reason: 'Forbidden' },
      'OperatorForbidden',
      true,
      /ClusterRole has it\.$/,
    ],
    'a quota that is exceeded': [
      { status: 403, reason: 'Forbidden', detail: 'exceeded quota: objects' },
      'ChildRejected',
      true,
      /Raise the quota of the namespace\.$/,
    ],
    'an object that is invalid': [{ status: 422, reason: 'Invalid' }, 'ChildRejected', true, /Correct spec\.worker/],
    'a field that the schema does not have': [
      {
        status: 500,
        reason: 'InternalError',
        detail: 'failed to create typed patch object: .bogus: field not declared',
      },
      'ChildRejected',
      true,
      /Correct spec\.worker/,
    ],
    'a namespace that is going': [
      { status: 403, reason: 'Forbidden', causes: [{ reason: 'NamespaceTerminating' }] },
      'ApiServerUnavailable',
      false,
      /tried again\.$/,
    ],
    'a conflict': [{ status: 409, reason: 'Conflict' }, 'ApiServerUnavailable', false, /tried again\.$/],
    'a server that fails': [
      { status: 503, reason: 'ServiceUnavailable' },
      'ApiServerUnavailable',
      false,
      /tried again/,
    ],
    'no answer': [{ status: 0, reason: 'DeadlineExceeded' }, 'ApiServerUnavailable', false, /tried again/],
  };
  for (const [name, [init, reason, terminal, message]] of Object.entries(cases)) {
    it(`is ${terminal ? 'a mistake' : 'something that may pass'} for ${name}`, () => {
      const told = applyError(error(init), child, 2);
      assert.deepEqual([told.reason, told.terminal, told.failures], [reason, terminal, 2]);
      assert.match(told.message, /the Deployment shop\/courier-orders \(apply deployments\.apps/);
      assert.match(told.message, message);
    });
  }

  it('is a conflict of names when the object is not ours', () => {
    const told = conflictError(new NameConflict(child, undefined, false), 2);
    assert.deepEqual([told.reason, told.terminal, told.failures], ['NameConflict', true, 2]);
    assert.equal(
      told.message,
      'The Deployment shop/courier-orders exists already and does not belong to this Courier. Delete or rename it, or give the Courier another name.',
    );
    const { message } = new NameConflict(child, 'the Courier shop/x', false);
    assert.match(message, /exists already and belongs to the Courier shop\/x\. Delete or rename it/);
  });

  it('passes when the object belongs to a Courier that was deleted', () => {
    const { message, terminal } = conflictError(new NameConflict(child, 'the Courier orders (uid 1)', true), 1);
    assert.equal(terminal, false);
    assert.match(
      message,
      /^The Deployment shop\/courier-orders exists already and belongs to .* That one was deleted:/,
    );
  });
});
