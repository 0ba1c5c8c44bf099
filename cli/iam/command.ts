import type { Courier } from '../../api/v1alpha1.gen.ts';
import {
  type AwsPermissions,
  operatorAwsPermissions,
  type PolicyStatement,
  workerAwsPermissions,
} from '../../operator/courier/aws-permissions.ts';
import { exitCodes } from '../exit-codes.ts';
import { readManifest } from '../manifest.ts';

/** The options of `courier iam`. */
export type IamOptions = { readonly file: string; readonly json: boolean };

/** A policy, and who has to have it. */
type Policy = { readonly courier: string; readonly whose: string; readonly policy: object };

/** Prints the least that the workers of each Courier, and the operator for it, must be allowed in AWS. */
export async function iamCommand({ file, json }: IamOptions): Promise<number> {
  const { couriers } = await readManifest(file);
  const policies = couriers.flatMap(policiesOf);
  if (json) console.log(JSON.stringify(policies, undefined, 2));
  else for (const each of policies) console.log(`${describe(each)}\n${JSON.stringify(each.policy, undefined, 2)}\n`);
  return exitCodes.ok;
}

function policiesOf(courier: Courier): readonly Policy[] {
  const name = `${courier.metadata.namespace}/${courier.metadata.name}`;
  return [
    ...forRole(name, courier, 'the workers', workerAwsPermissions(courier.spec)),
    ...forRole(name, courier, 'the operator', operatorAwsPermissions(courier.spec)),
  ];
}

function forRole(name: string, { spec }: Courier, who: string, { identity, role }: AwsPermissions): readonly Policy[] {
  const secret = spec.aws?.credentialsSecretRef?.name;
  const whose = secret === undefined ? `the identity of ${who}` : `${who}, by the keys in the Secret ${secret}`;
  return [
    { courier: name, whose, policy: policy(identity) },
    ...(role.length === 0
      ? []
      : [{ courier: name, whose: `the role ${spec.aws?.roleArn}, for ${who}`, policy: policy(role) }]),
  ];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
function policy(statements: readonly PolicyStatement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

function describe({ courier, whose }: Policy): string {
  return `# ${courier}: ${whose}`;
}
