import type { Schema } from './schema.ts';

const text: Schema = { type: 'string', maxLength: 262144 };

/**
 * What a manifest may say in `metadata`. The CRD leaves metadata to the API server, whose rules these are: names are DNS
 * subdomains, namespaces DNS labels (RFC 1123).
 */
export const objectMetaSchema: Schema = {
  type: 'object',
  description: 'The name of the Courier, and its namespace.',
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 253,
      description: 'The name of the Courier, unique in its namespace.',
      'x-kubernetes-validations': [
        {
          rule: "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
          message: 'The value is not a name. Use a-z, 0-9 and "-", with a letter or digit at both ends.',
          messageExpression:
            '\'"\' + self + \'" is not a name. Use a-z, 0-9 and "-", with a letter or digit at both ends.\'',
        },
      ],
    },
    namespace: {
      type: 'string',
      minLength: 1,
      maxLength: 63,
      default: 'default',
      description: 'The namespace of the Courier.',
      'x-kubernetes-validations': [
        {
          rule: "self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",
          message: 'The value is not a namespace. Use a-z, 0-9 and "-", with a letter or digit at both ends.',
          messageExpression:
            '\'"\' + self + \'" is not a namespace. Use a-z, 0-9 and "-", with a letter or digit at both ends.\'',
        },
      ],
    },
    labels: { type: 'object', description: 'What selectors find it by.', additionalProperties: text },
    annotations: { type: 'object', description: 'What tools note about it.', additionalProperties: text },
  },
};

/** Fields that the API server or others write there: a manifest made by `kubectl get -o yaml` holds them. */
export const serverMetadataFields: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);
