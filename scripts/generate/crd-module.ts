import type { Schema } from '../../api/schema.ts';

/** What the generator reads of the CRD; one version, since there is one. */
export type CustomResourceDefinition = {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly shortNames: readonly string[] };
    readonly versions: readonly [{ readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }];
  };
};

/** Writes the CRD as a TypeScript module, so that a bundle can validate and install it without a file beside it. */
export function crdModule(crd: CustomResourceDefinition): string {
  const [version] = crd.spec.versions;
  const withoutSchema = {
    ...crd,
    spec: { ...crd.spec, versions: [{ ...version, schema: { openAPIV3Schema: placeholder } }] },
  };
  return `/**
 * The CRD as data. Generated from crds/courier.dev_couriers.yaml by \`npm run generate\`; edit that file instead.
 */
import type { Schema } from './schema.ts';

/** The schema of a Courier. */
export const courierSchema: Schema = ${JSON.stringify(version.schema.openAPIV3Schema, undefined, 2)};

/** The whole CustomResourceDefinition, as it is applied to a cluster. */
export const courierCrd = ${JSON.stringify(withoutSchema, undefined, 2).replace(`"${placeholder}"`, 'courierSchema')};
`;
}

const placeholder = '(the schema)';
