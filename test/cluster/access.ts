import type { AccessRule, Verb } from '../../operator/courier/kube-permissions.ts';
import type { AuditEvent } from './audit-log.ts';

/**
 * What a request needed, as `verb group/resource`. A server-side apply that creates its object needs the right to create
 * as well, which the log shows only by its answer.
 */
export function accessOf({ verb, objectRef, responseStatus }: AuditEvent): readonly string[] {
  if (objectRef === undefined) return [];
  const { apiGroup = '', resource, subresource } = objectRef;
  const target = `${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
  const created = verb === 'patch' && responseStatus?.code === 201;
  return [`${verb} ${target}`, ...(created ? [`create ${target}`] : [])];
}

/** What a rule grants, in the same words. */
export function grantsOf({ verbs, apiGroup, resource }: AccessRule): readonly string[] {
  return verbs.map((verb: Verb) => `${verb} ${apiGroup}/${resource}`);
}
