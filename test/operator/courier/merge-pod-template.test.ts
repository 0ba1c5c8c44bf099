import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergePodTemplate } from '../../../operator/courier/children/merge-pod-template.ts';
import type { PodTemplate } from '../../../operator/courier/objects.ts';

const made: PodTemplate = {
  metadata: { labels: { team: 'shop' } },
  spec: {
    containers: [
      {
        name: 'worker',
        image: 'courier:1',
        args: ['worker'],
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: 'b' },
        ],
        ports: [{ name: 'http', containerPort: 8080 }],
        securityContext: { readOnlyRootFilesystem: true },
      },
    ],
    volumes: [{ name: 'config', configMap: { name: 'courier-orders' } }],
    tolerations: [{ key: 'a', operator: 'Exists' }],
    securityContext: { runAsUser: 65532, runAsNonRoot: true },
  },
};

const spec = (overlay: Readonly<Record<string, unknown>>) => mergePodTemplate(made, { spec: overlay }).spec;
const worker = (overlay: Readonly<Record<string, unknown>>) =>
  spec({ containers: [{ name: 'worker', ...overlay }] })?.containers[0];

describe('a pod template merged over another', () => {
  it('adds containers, and changes the one of the same name field by field', () => {
    const containers = spec({
      containers: [
        { name: 'proxy', image: 'p' },
        { name: 'worker', tty: true },
      ],
    })?.containers;
    assert.deepEqual(
      containers?.map(({ name, image, tty }) => [name, image, tty]),
      [
        ['worker', 'courier:1', true],
        ['proxy', 'p', undefined],
      ],
    );
  });

  it('replaces variables and volumes of the same name as a whole', () => {
    const valueFrom = { fieldRef: { fieldPath: 'metadata.name' } };
    assert.deepEqual(worker({ env: [{ name: 'A', valueFrom }] })?.env, [
      { name: 'A', valueFrom },
      { name: 'B', value: 'b' },
    ]);
    const volumes = [
      { name: 'config', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ];
    assert.deepEqual(spec({ volumes })?.volumes, volumes);
  });

  it('replaces lists that have no key, and maps of names field by field', () => {
    assert.deepEqual(spec({ tolerations: [] })?.tolerations, []);
    assert.deepEqual(worker({ args: ['worker', '--x'] })?.args, ['worker', '--x']);
    const { metadata } = mergePodTemplate(made, { metadata: { labels: { env: 'prod' } } });
    assert.deepEqual(metadata?.labels, { team: 'shop', env: 'prod' });
  });

  it('removes what is null', () => {
    assert.deepEqual(spec({ securityContext: { runAsUser: null } })?.securityContext, { runAsNonRoot: true });
    assert.equal(worker({ securityContext: null })?.securityContext, undefined);
    assert.deepEqual(mergePodTemplate(made, { metadata: { labels: { team: null } } }).metadata?.labels, {});
  });

  it('leaves both as they were', () => {
    const before = JSON.stringify(made);
    worker({ env: [{ name: 'A', value: 'x' }], securityContext: { privileged: true } });
    assert.equal(JSON.stringify(made), before);
  });

  const refused: Readonly<Record<string, readonly [object, RegExp]>> = {
    'a container without a name': [
      { spec: { containers: [{ image: 'x' }] } },
      /^spec\.worker\.podTemplate\.spec\.containers\[0\] has no name\. Add it/,
    ],
    'containers that are no list': [
      { spec: { containers: { name: 'worker' } } },
      /^spec\.worker\.podTemplate\.spec\.containers is \{"name":"worker"\}, and must be a list\.$/,
    ],
    'containers that are removed': [{ spec: { containers: null } }, /spec\.containers is null\. Remove it/],
    'a directive of kubectl': [
      { spec: { containers: [{ name: 'worker', $patch: 'delete' }] } },
      /\$patch is a directive/,
    ],
    'labels that are no strings': [{ metadata: { labels: { a: 1 } } }, /labels must be names with strings/],
    'no metadata at all': [{ metadata: null }, /podTemplate\.metadata is null/],
  };
  for (const [name, [overlay, message]] of Object.entries(refused)) {
    it(`is refused for ${name}`, () => {
      assert.throws(() => mergePodTemplate(made, overlay), {
        name: 'PlanError',
        reason: 'PodTemplateInvalid',
        message,
      });
    });
  }
});
