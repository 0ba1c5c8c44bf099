import { KubeError } from '../../../operator/kube/errors.ts';
import { failureAs } from '../failure.ts';

/** The KubeError with which a call fails. */
export function failureOf(call: Promise<unknown>): Promise<KubeError> {
  return failureAs(KubeError, call);
}
