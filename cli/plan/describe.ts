import { display } from '../../api/violation.ts';
import { formatCount } from '../format.ts';
import type { ChildChange } from './against-cluster.ts';
import type { Difference } from './differences.ts';

/** What would change of a Courier's children, a line for each field. */
export function describeChanges(courier: string, children: readonly ChildChange[]): string {
  const lines = children.flatMap((child) => [
    `  ${headOf(child)}`,
    ...child.differences.map((one) => `    ${lineOf(one)}`),
  ]);
  const rolls = children.some(({ kind, differences }) => kind === 'Deployment' && differences.some(isTemplate));
  const end = rolls ? ['  The workers are rolled out anew, one after the other.'] : [];
  return [`${courier}:`, ...lines, ...end].join('\n');
}

function headOf({ kind, name, change, owner, differences }: ChildChange): string {
  const object = `${kind} ${name}`;
  if (change === 'Create') return `${object} is made`;
  if (change === 'None') return `${object} stays as it is`;
  if (change === 'Refused')
    return `${object} belongs to ${owner} and is left alone: rename the Courier, or remove the object`;
  return `${object} changes in ${formatCount(differences.length)} of its fields`;
}

function lineOf({ path, before, after }: Difference): string {
  if (before === undefined) return `+ ${path}: ${display(after)}`;
  if (after === undefined) return `- ${path}: ${display(before)}`;
  return `~ ${path}: ${display(before)} -> ${display(after)}`;
}

function isTemplate({ path }: Difference): boolean {
  return path.startsWith('spec.template');
}
