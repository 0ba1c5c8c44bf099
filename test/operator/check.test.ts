import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { courierSchema } from '../../api/crd.gen.ts';
import { checkCluster } from '../../operator/check.ts';
import { operatorAccess } from '../../operator/courier/kube-permissions.ts';
import { leaseName } from '../../operator/courier/names.ts';
import { KubeError } from '../../operator/kube/errors.ts';
import { type Lease, leases } from '../../operator/kube/lease.ts';
import type { Access } from '../../operator/kube/requests.ts';
import type { Resource } from '../../operator/kube/resources.ts';
import { VirtualCluster } from '../support/kube/virtual-cluster.ts';

type Setting = {
  /** What the API server publishes of Couriers, one look after the other; the last from then on. */
  readonly schemas?: readonly unknown[];
  readonly may?: (access: Access) => boolean;
  /** Whether somebody renews the lease. */
  readonly renewed?: boolean;
  readonly watchNamespace?: string;
};

const namespace = 'courier-system';

/** What the check finds, and what it asked for. */
async function check({ schemas = [courierSchema], may = () => true, renewed = true, watchNamespace }: Setting = {}) {
  const { clock, client } = new VirtualCluster();
  const asked: Access[] = [];
  let looks = 0;
  const metadata = { namespace, name: leaseName };
  await client.create(leases, { metadata, spec: { holderIdentity: 'operator-1_uuid', renewTime: 'a' } });
  if (renewed) {
    clock.setTimeout(() => {
      void client.apply(leases, { metadata, spec: { renewTime: 'b' } } as Lease, { fieldManager: 'test' });
    }, 3_000);
  }
  const looking = checkCluster({
    client: {
      find: client.find.bind(client),
      schema: async (_: Resource) => {
        const schema = schemas[Math.min(looks++, schemas.length - 1)];
        if (schema instanceof Error) throw schema;
        return schema;
      },
      may: async (access) => {
        asked.push(access);
        return may(access);
      },
    },
    config: { namespace, watchNamespace, leaseMs: 15_000 },
    clock,
  });
  await clock.advance(60_000);
  return { findings: await looking, asked };
}

describe('the check of a cluster', () => {
  it('finds everything, asks for every right that the operator needs, and sees who leads', async () => {
    const { findings, asked } = await check();
    assert.deepEqual(
      findings.filter(({ outcome }) => outcome !== 'ok'),
      [],
    );
    assert.equal(findings.at(-1)?.sentence, 'operator-1 leads.');
    assert.equal(asked.length, operatorAccess.flatMap(({ verbs }) => verbs).length);
    const own = asked.filter((access) => access.namespace === namespace).map(({ resource }) => resource);
    assert.deepEqual([...new Set(own)], ['leases', 'secrets']);
  });

  it('asks for the rights of one namespace where it is to watch one', async () => {
    const { asked } = await check({ watchNamespace: 'shop' });
    assert.deepEqual([...new Set(asked.map((access) => access.namespace))], ['shop', namespace]);
  });

  it('names the right that is missing, and does without what Couriers can do without', async () => {
    const { findings } = await check({
      may: ({ resource, verb, namespace: where }) =>
        !(resource === 'deployments' && verb === 'patch') && !(resource === 'secrets' && where === undefined),
    });
    assert.deepEqual(
      findings.filter(({ outcome }) => outcome !== 'ok'),
      [
        {
          outcome: 'missing',
          sentence: 'Applies the Deployment of each Courier. It may not patch deployments.apps in all namespaces.',
        },
        {
          outcome: 'absent',
          sentence:
            'Reads the AWS credentials that a Courier names in spec.aws.credentialsSecretRef, and no other Secret. It may not get secrets in all namespaces.',
        },
      ],
    );
  });

  it('misses the CustomResourceDefinition', async () => {
    const { findings } = await check({ schemas: [undefined] });
    assert.match(findings[0]?.sentence ?? '', /does not know Couriers\. Apply crds/);
  });

  it('misses the fields of Couriers that an older CustomResourceDefinition does not have', async () => {
    const older = structuredClone(courierSchema) as {
      properties: Record<string, { properties: Record<string, unknown> }>;
    };
    delete older.properties.spec?.properties.audit;
    delete older.properties.status?.properties.scaling;
    const newer = { ...older, properties: { ...courierSchema.properties, fashion: { type: 'string' } } };
    assert.equal((await check({ schemas: [newer] })).findings[0]?.outcome, 'ok');
    assert.deepEqual((await check({ schemas: [older] })).findings[0], {
      outcome: 'missing',
      sentence:
        'The cluster knows an older Courier, without spec.audit, status.scaling. Apply crds/courier.dev_couriers.yaml.',
    });
  });

  it('looks again for some seconds for what may not be published yet', async () => {
    const busy = new KubeError({ operation: 'get', reason: 'ServiceUnavailable', status: 503, detail: 'busy' });
    const { findings } = await check({ schemas: [undefined, busy, courierSchema] });
    assert.equal(findings[0]?.outcome, 'ok');
  });

  it('does not take a lease that nobody renews for a leader', async () => {
    const { findings } = await check({ renewed: false });
    const last = findings.at(-1);
    assert.equal(last?.outcome, 'missing');
    assert.match(last?.sentence ?? '', /No operator has renewed the lease courier-system\/courier-operator for 30 s/);
  });
});
