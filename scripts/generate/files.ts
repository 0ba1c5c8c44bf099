import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { operatorAccess } from '../../operator/courier/kube-permissions.ts';
import { accessTemplate } from './access-template.ts';
import { type CustomResourceDefinition, crdModule } from './crd-module.ts';
import { metricsPage } from './metrics-page.ts';
import { referencePage } from './reference-page.ts';
import { typesOf } from './types.ts';

/** Every generated file of the repository at `root`: its path from there and its text. */
export async function generatedFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const source = await readFile(join(root, 'crds/courier.dev_couriers.yaml'), 'utf8');
  const crd = parse(source) as CustomResourceDefinition;
  const schema = crd.spec.versions[0].schema.openAPIV3Schema;
  return new Map([
    ['api/v1alpha1.gen.ts', await typesOf(schema)],
    ['api/crd.gen.ts', crdModule(crd)],
    ['docs/resource.md', referencePage(crd)],
    ['charts/courier/files/crds/courier.dev_couriers.yaml', source],
    ['charts/courier/templates/_access.gen.tpl', accessTemplate(operatorAccess)],
    ['docs/metrics.md', metricsPage()],
  ]);
}
