import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { helm } from '../cluster/tools.ts';
import { chart, nowhere } from './chart.ts';

/** What Helm says after an installation with these values. Helm 3 would ask a cluster for it. */
async function notes(values: Readonly<Record<string, unknown>>): Promise<string> {
  const sets = Object.entries(values).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]);
  const installed = await helm(
    ['install', 'courier', chart, '--namespace', 'courier-system', '--dry-run=client', '--output', 'json', ...sets],
    nowhere,
  );
  return JSON.parse(installed).info.notes;
}

const said: readonly [string, Readonly<Record<string, unknown>>, readonly RegExp[], readonly RegExp[]][] = [
  [
    'how to see it run, and to make a first Courier in any namespace',
    {},
    [
      /^Courier 0\.1\.0 is installed: 2 operators, of which one leads, in courier-system\.\n/,
      /the Couriers of all namespaces/,
      /^ {2}kubectl -n courier-system rollout status deployment\/courier-operator\n {2}helm test courier -n courier-system$/m,
      /^ {2}kubectl apply -f courier\.yaml\n {2}kubectl get couriers -A -o wide$/m,
      /leaves the CustomResourceDefinition and all Couriers.*kubectl delete couriers -A --all/s,
    ],
    [/WARNING/, /RBAC/],
  ],
  [
    'nothing of other namespaces to who may look into one',
    { watchNamespace: 'shop', 'crds.install': false, replicas: 1 },
    [
      /: 1 operator in courier-system\.\nIt looks after the Couriers of the namespace shop only\.\n/,
      /^ {2}kubectl apply -n shop -f courier\.yaml\n {2}kubectl get couriers -n shop -o wide$/m,
      /must be installed otherwise/,
    ],
    [/ -A /],
  ],
  [
    'what is not there, and what an uninstallation would delete',
    { 'test.enabled': false, 'crds.keep': false, 'rbac.create': false },
    [/WARNING: .* deletes every Courier/, /no RBAC .*: grant the ServiceAccount courier-operator /],
    [/helm test/],
  ],
];

describe('the notes', () => {
  for (const [what, values, present, absent] of said) {
    it(`say ${what}`, async () => {
      const text = await notes(values);
      for (const pattern of present) assert.match(text, pattern);
      for (const pattern of absent) assert.doesNotMatch(text, pattern);
    });
  }
});
