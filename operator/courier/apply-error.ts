import type { KubeError } from '../kube/errors.ts';
import type { ChildKind } from './objects.ts';

/** Why a child could not be written. */
export type ApplyError = {
  readonly reason: 'NameConflict' | 'OperatorForbidden' | 'ChildRejected' | 'ApiServerUnavailable';
  /** Full sentences: what is wrong, what the API server said, the remedy. */
  readonly message: string;
  /** Whether it stays until somebody changes something. */
  readonly terminal: boolean;
  /** How many attempts in a row have failed. */
  readonly failures: number;
};

/** The child that could not be written. */
export type FailedChild = { readonly kind: ChildKind; readonly namespace: string; readonly name: string };

/**
 * Says what the API server's refusal means for the Courier.
 *
 * @param failures how many attempts in a row have failed, this one included.
 */
export function applyError(error: KubeError, child: FailedChild, failures: number): ApplyError {
  const subject = `the ${child.kind} ${child.namespace}/${child.name}`;
  if (error.isForbidden && !error.isNamespaceTerminating) {
    const quota = /exceeded quota/.test(error.message);
    const remedy = quota
      ? 'Raise the quota of the namespace.'
      : "Give the operator's ServiceAccount this right: the chart's ClusterRole has it.";
    const message = `The operator may not write ${subject} (${error.message}). ${remedy}`;
    return { reason: quota ? 'ChildRejected' : 'OperatorForbidden', message, terminal: true, failures };
  }
  // A field that the schema does not have is no 422: server-side apply answers it with a 500.
  if (error.isInvalid || /failed to create typed patch object/.test(error.message)) {
    const message = `The API server refuses ${subject} (${error.message}). Correct spec.worker, where it comes from.`;
    return { reason: 'ChildRejected', message, terminal: true, failures };
  }
  const message = `The operator could not write ${subject} (${error.message}). It is tried again.`;
  return { reason: 'ApiServerUnavailable', message, terminal: false, failures };
}

/** Thrown when an object of a child's name is not the Courier's: it is never taken over. */
export class NameConflict extends Error {
  override readonly name = 'NameConflict';
  /** Whose it is; undefined when it is nobody's. */
  readonly owner: string | undefined;
  /** It belongs to a Courier of the same name that was deleted: the garbage collector is about to remove it. */
  readonly passing: boolean;

  constructor(child: FailedChild, owner: string | undefined, passing: boolean) {
    const subject = `The ${child.kind} ${child.namespace}/${child.name}`;
    const whose = owner === undefined ? 'does not belong to this Courier' : `belongs to ${owner}`;
    const remedy = passing
      ? 'That one was deleted: as soon as its children are gone too, this is tried again.'
      : 'Delete or rename it, or give the Courier another name.';
    super(`${subject} exists already and ${whose}. ${remedy}`);
    this.owner = owner;
    this.passing = passing;
  }
}

/** Says what the refusal to take over an object means for the Courier. */
export function conflictError({ message, passing }: NameConflict, failures: number): ApplyError {
  return { reason: 'NameConflict', message, terminal: !passing, failures };
}
