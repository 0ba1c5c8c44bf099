import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { workerConfig } from '../../../api/worker-config.ts';
import type { Deployment, LiveCourier } from '../../../operator/courier/objects.ts';
import { planChildren } from '../../../operator/courier/plan.ts';
import { arbitraryCourier } from '../../api/arbitrary-courier.ts';
import { checkProperty } from '../../support/properties.ts';
import { context, live } from './fixtures.ts';

const courier = arbitraryCourier.map((manifest) => live(manifest));
const names = fc.constantFrom('app.kubernetes.io/name', 'courier.dev/courier', 'courier.dev/config-hash', 'team');
const metadata = fc.dictionary(names, fc.string({ maxLength: 5 }));
const podTemplate = fc.record(
  {
    metadata: fc.record({ labels: metadata, annotations: metadata }, { requiredKeys: [] }),
    spec: fc.record(
      {
        containers: fc.array(
          fc.record({
            name: fc.constantFrom('worker', 'sidecar'),
            image: fc.string(),
            env: fc.constant([{ name: 'A' }]),
          }),
          { maxLength: 3 },
        ),
        volumes: fc.array(fc.record({ name: fc.constantFrom('config', 'tmp'), emptyDir: fc.constant({}) })),
        priorityClassName: fc.constantFrom('high', null),
        securityContext: fc.constantFrom(null, { runAsUser: null }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

function withPodTemplate(one: LiveCourier, template: object): LiveCourier {
  return { ...one, spec: { ...one.spec, worker: { ...one.spec.worker, podTemplate: template } } };
}

function deploymentOf(one: LiveCourier): Deployment | undefined {
  return planChildren(one, context).children.find(({ kind }) => kind === 'Deployment') as Deployment | undefined;
}

/** Everything in a Deployment that rolls its pods when it changes. */
function templateOf(one: LiveCourier): string | undefined {
  const deployment = deploymentOf(one);
  return deployment === undefined ? undefined : JSON.stringify(deployment.spec?.template);
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const child of Object.values(value)) frozen(child);
  return Object.freeze(value);
}

describe('a plan', () => {
  it('is the same for the same Courier, to the byte, and changes nothing that it is given', () => {
    checkProperty(
      fc.property(courier, fc.boolean(), (one, podMonitors) => {
        const plan = () => JSON.stringify(planChildren(frozen(one), { ...context, podMonitors }));
        assert.equal(plan(), plan());
      }),
    );
  });

  it('does not depend on the order in which the fields were written', () => {
    checkProperty(
      fc.property(courier, (one) => {
        const { audit, queue, ...others } = one.spec;
        const reordered = { ...one, spec: { queue, ...others, audit } };
        assert.equal(templateOf(reordered), templateOf(one));
      }),
    );
  });

  it('rolls no worker for another number of them', () => {
    checkProperty(
      fc.property(courier, fc.nat({ max: 1000 }), fc.boolean(), (one, replicas, podMonitors) => {
        const before = templateOf(one);
        fc.pre(before !== undefined);
        const scaling = { ...one.spec.scaling, minReplicas: 0, maxReplicas: replicas + 1, idleAfterSeconds: 7 };
        const changed = { ...one, spec: { ...one.spec, scaling, suspend: !one.spec.suspend } };
        const { children } = planChildren(changed, { ...context, replicas, podMonitors });
        const deployment = children.find(({ kind }) => kind === 'Deployment') as Deployment | undefined;
        fc.pre(deployment !== undefined);
        assert.equal(JSON.stringify(deployment.spec?.template), before);
      }),
    );
  });

  it('rolls the workers exactly once for whatever they read', () => {
    checkProperty(
      fc.property(courier, courier, (one, other) => {
        const changed = {
          ...one,
          spec: { ...other.spec, worker: { ...one.spec.worker, logLevel: other.spec.worker.logLevel } },
        };
        const [before, after] = [templateOf(one), templateOf(changed)];
        fc.pre(before !== undefined && after !== undefined);
        const read = (courier: LiveCourier) => JSON.stringify(workerConfig(courier));
        if (read(one) !== read(changed)) assert.notEqual(after, before);
      }),
    );
  });
});

describe('any pod template', () => {
  it('leaves the pods to be found, rolled and run as workers', () => {
    checkProperty(
      fc.property(courier, podTemplate, (one, template) => {
        const deployment = deploymentOf(withPodTemplate(one, template));
        fc.pre(deployment !== undefined);
        const { selector, template: pods } = deployment.spec ?? assert.fail();
        for (const [label, value] of Object.entries(selector.matchLabels ?? {}))
          assert.equal(pods.metadata?.labels?.[label], value);
        assert.match(pods.metadata?.annotations?.['courier.dev/config-hash'] ?? '', /^[0-9a-f]{64}$/);
        assert.equal(pods.spec?.containers.filter(({ name }) => name === 'worker').length, 1);
      }),
    );
  });

  it('leaves the selector as it was', () => {
    checkProperty(
      fc.property(courier, podTemplate, (one, template) => {
        const { podTemplate: _own, ...worker } = one.spec.worker;
        const plain = deploymentOf({ ...one, spec: { ...one.spec, worker } });
        fc.pre(plain !== undefined);
        assert.deepEqual(deploymentOf(withPodTemplate(one, template))?.spec?.selector, plain.spec?.selector);
      }),
    );
  });
});
