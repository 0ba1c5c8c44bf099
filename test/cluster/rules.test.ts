import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import type { Schema } from '../../api/schema.ts';
import { courierWith, ruleKeys } from '../api/manifests.ts';
import { ruleCases } from '../api/rule-cases.ts';
import { ApiError } from './api-client.ts';
import { sharedCluster } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
const project = join(import.meta.dirname, '..', '..');
const definition = parse(await readFile(join(project, 'crds/courier.dev_couriers.yaml'), 'utf8'));
const schema: Schema = definition.spec.versions[0].schema.openAPIV3Schema;
const examples = (await readdir(join(project, 'examples'))).filter((name) => name.endsWith('.yaml'));
const couriers = '/apis/courier.dev/v1alpha1/namespaces/default/couriers?dryRun=All';

describe('every rule of the CustomResourceDefinition, on a real API server', () => {
  for (const { key, rule } of ruleKeys(schema)) {
    it(`${key} refuses and accepts what it should`, async () => {
      const { refused = [], accepted = [] } = ruleCases[key] ?? {};
      assert.ok(refused.length > 0 && accepted.length > 0, 'it has no refused or no accepted manifest');
      const remedy = rule.message.slice(rule.message.lastIndexOf('. ') + 2);
      for (const fields of refused) {
        const error = await create(fields);
        assert.ok(error instanceof ApiError, `accepted: ${JSON.stringify(fields)}`);
        assert.equal(error.status, 422, error.message);
        assert.ok(error.message.includes(remedy), `${JSON.stringify(fields)}: ${error.message}`);
      }
      for (const fields of accepted) assert.equal(await create(fields), undefined, JSON.stringify(fields));
    });
  }
});

describe('the examples, on a real API server', () => {
  for (const file of examples) {
    it(`${file} is accepted without a warning`, async () => {
      await makeNamespaces(join(project, 'examples', file));
      const args = ['apply', '--dry-run=server', '--warnings-as-errors', '-f', join(project, 'examples', file)];
      assert.match(
        await kubectl(args, { kubeconfig: cluster.controlPlane.kubeconfig() }),
        /created \(server dry run\)/,
      );
    });
  }
});

/** Makes the namespaces that the objects of a file are in. */
async function makeNamespaces(file: string): Promise<void> {
  for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
    const name = document.getIn(['metadata', 'namespace']);
    if (typeof name !== 'string') continue;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const query = { fieldManager: 'test', force: 'true' };
    await cluster.controlPlane.admin.patch(`/api/v1/namespaces/${name}`, 'apply', namespace, query);
  }
}

/** Creates the smallest Courier with these fields, without leaving it there. @returns why it was refused. */
async function create(fields: Readonly<Record<string, unknown>>): Promise<unknown> {
  try {
    await cluster.controlPlane.admin.create(couriers, courierWith(fields));
    return undefined;
  } catch (error) {
    return error;
  }
}
