import type { RuleCase } from './rule-cases.ts';

const roleArn = 'arn:aws:iam::123456789012:role/orders';
const volume = (directory: string, claimName = 'audit') => ({
  'spec.audit': { file: { directory, volume: { persistentVolumeClaim: { claimName } } } },
});
const credentials = (...names: readonly string[]) => ({
  'spec.aws': { credentialsSecretRef: { name: 'aws' } },
  'spec.worker.env': names.map((name) => ({ name, value: 'x' })),
});

/** What the rules on `spec.aws` and on the volume of an audit refuse and accept. */
export const awsRuleCases: Readonly<Record<string, RuleCase>> = {
  'spec#0': {
    field: 'spec.worker',
    says: /^worker\.env sets AWS credentials, and so does aws\.credentialsSecretRef$/,
    refused: [credentials('AWS_ACCESS_KEY_ID'), credentials('HTTP_PROXY', 'AWS_SESSION_TOKEN')],
    accepted: [
      credentials('AWS_REGION', 'AWS_CA_BUNDLE'),
      { 'spec.worker.env': [{ name: 'AWS_ACCESS_KEY_ID', value: 'x' }], 'spec.aws': { roleArn } },
    ],
  },
  'spec.audit.file#0': {
    field: 'spec.audit.file.directory',
    says: /^".*" cannot be where a volume is mounted$/,
    refused: ['audit', './audit', '/', '//', '/a:b', ''.padEnd(3, '/')].map((directory) => volume(directory)),
    accepted: [volume('/var/lib/courier/audit'), volume('/audit/'), { 'spec.audit': { file: { directory: 'audit' } } }],
  },
  'spec.audit.file.volume.persistentVolumeClaim.claimName#0': {
    field: 'spec.audit.file.volume.persistentVolumeClaim.claimName',
    says: /^".*" is not the name of a PersistentVolumeClaim$/,
    refused: ['Audit', 'audit_1', '-audit'].map((name) => volume('/audit', name)),
    accepted: [volume('/audit', 'audit.v1-2')],
  },
  'spec.aws#0': {
    field: 'spec.aws.roleArn',
    says: /^externalId is part of assuming a role, and no role is named$/,
    refused: [{ 'spec.aws': { externalId: 'shop' } }],
    accepted: [{ 'spec.aws': { externalId: 'shop', roleArn } }, { 'spec.aws': {} }],
  },
  'spec.aws.roleArn#0': {
    field: 'spec.aws.roleArn',
    says: /^".*" is not the ARN of an IAM role$/,
    refused: ['orders', 'arn:aws:iam::1:role/orders', 'arn:aws:iam::123456789012:user/orders', `${roleArn} x`].map(
      (arn) => ({ 'spec.aws.roleArn': arn }),
    ),
    accepted: [roleArn, 'arn:aws-cn:iam::123456789012:role/team/orders'].map((arn) => ({ 'spec.aws.roleArn': arn })),
  },
  'spec.aws.externalId#0': {
    field: 'spec.aws.externalId',
    says: /^".*" is not an external id$/,
    refused: ['x', 'a b', 'ä1'].map((externalId) => ({ 'spec.aws': { roleArn, externalId } })),
    accepted: [{ 'spec.aws': { roleArn, externalId: 'Shop_1+=,.@:/-' } }],
  },
  'spec.aws.credentialsSecretRef.name#0': {
    field: 'spec.aws.credentialsSecretRef.name',
    says: /^".*" is not the name of a Secret$/,
    refused: [{ 'spec.aws.credentialsSecretRef.name': 'AWS' }],
    accepted: [{ 'spec.aws.credentialsSecretRef.name': 'aws-orders' }],
  },
};
