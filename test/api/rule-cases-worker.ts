import type { RuleCase } from './rule-cases.ts';

const worker = (fields: object) => ({ 'spec.worker': fields });
const variable = (fields: object) => worker({ env: [{ name: 'A', ...fields }] });
const secretKeyRef = { name: 'settings', key: 'proxy' };
const configMapKeyRef = secretKeyRef;
const toleration = (fields: object) => worker({ tolerations: [fields] });

/** A label's value, wherever it may stand. */
const labelCases = (field: string) => ({
  field: `spec.worker.${field}.team`,
  says: /^".*" cannot be the value of a label$/,
  refused: ['a b', '-a', 'a-', 'ä'].map((team) => worker({ [field]: { team } })),
  accepted: ['', 'a', 'A_1.b-2'].map((team) => worker({ [field]: { team } })),
});

const quantityCases = (field: string) => ({
  field: `spec.worker.resources.${field}.cpu`,
  says: /^".*" is not a quantity$/,
  refused: ['', 'half', '1 Gi', '5mb', '-1', -1].map((cpu) => worker({ resources: { [field]: { cpu } } })),
  accepted: [0, 2, '2', '0.5', '500m', '1e3', '.5', '1Gi'].map((cpu) => worker({ resources: { [field]: { cpu } } })),
});

const keyCases = (source: string) => ({
  field: `spec.worker.env[0].valueFrom.${source}.key`,
  says: /^".*" is not a key$/,
  refused: ['a b', 'a/b'].map((key) => variable({ valueFrom: { [source]: { name: 'settings', key } } })),
  accepted: [variable({ valueFrom: { [source]: { name: 'settings', key: 'A_1.b-2', optional: true } } })],
});

const nameCases = (source: string, kind: string) => ({
  field: `spec.worker.env[0].valueFrom.${source}.name`,
  says: new RegExp(`^".*" is not the name of a ${kind}$`),
  refused: [variable({ valueFrom: { [source]: { name: 'Settings', key: 'a' } } })],
  accepted: [variable({ valueFrom: { [source]: { name: 'settings.v1', key: 'a' } } })],
});

/** What the rules on `spec.worker` refuse and accept. */
export const workerRuleCases: Readonly<Record<string, RuleCase>> = {
  'spec.worker#0': {
    field: 'spec.worker.serviceAccountAnnotations',
    says: /^serviceAccountAnnotations are for the ServiceAccount that Courier makes/,
    refused: [worker({ serviceAccountName: 'orders', serviceAccountAnnotations: { a: 'b' } })],
    accepted: [worker({ serviceAccountName: 'orders' }), worker({ serviceAccountAnnotations: { a: 'b' } })],
  },
  'spec.worker.image#0': {
    field: 'spec.worker.image',
    says: /^".*" is not the name of an image$/,
    refused: ['Courier', 'courier:', 'https://registry/courier', 'courier:1 2', 'courier@sha256:abc'].map((image) =>
      worker({ image }),
    ),
    accepted: [
      'courier',
      'courier:v1.2.3',
      'registry.example.com:5000/team/courier_x:1',
      `ghcr.io/team/courier:1@sha256:${'0a'.repeat(32)}`,
    ].map((image) => worker({ image })),
  },
  'spec.worker.serviceAccountName#0': {
    field: 'spec.worker.serviceAccountName',
    says: /^".*" is not the name of a ServiceAccount$/,
    refused: [worker({ serviceAccountName: 'Orders' })],
    accepted: [worker({ serviceAccountName: 'orders' })],
  },
  'spec.worker.resources.requests.*#0': quantityCases('requests'),
  'spec.worker.resources.limits.*#0': quantityCases('limits'),
  'spec.worker.env.[]#0': {
    field: 'spec.worker.env[0]',
    says: /^The variable A has (neither a value nor a|both a value and a) source of it$/,
    refused: [variable({}), variable({ value: '', valueFrom: { secretKeyRef } })],
    accepted: [variable({ value: '' }), variable({ valueFrom: { configMapKeyRef } })],
  },
  'spec.worker.env.[].name#0': {
    field: 'spec.worker.env[0].name',
    says: /^".*" is not the name of a variable$/,
    refused: ['1A', 'A B', 'A=B', 'A-B'].map((name) => variable({ name, value: 'x' })),
    accepted: ['a_1', '_'].map((name) => variable({ name, value: 'x' })),
  },
  'spec.worker.env.[].name#1': {
    field: 'spec.worker.env[0].name',
    says: /^The variable .* is one that Courier sets itself$/,
    refused: ['COURIER_CONFIG', 'COURIER_X', 'POD_IP'].map((name) => variable({ name, value: 'x' })),
    accepted: ['COURIER', 'POD_NAME'].map((name) => variable({ name, value: 'x' })),
  },
  'spec.worker.env.[].valueFrom#0': {
    field: 'spec.worker.env[0].valueFrom',
    says: /^valueFrom names no source or several$/,
    refused: [variable({ valueFrom: {} }), variable({ valueFrom: { secretKeyRef, configMapKeyRef } })],
    accepted: [variable({ valueFrom: { secretKeyRef } })],
  },
  'spec.worker.env.[].valueFrom.secretKeyRef.name#0': nameCases('secretKeyRef', 'Secret'),
  'spec.worker.env.[].valueFrom.secretKeyRef.key#0': keyCases('secretKeyRef'),
  'spec.worker.env.[].valueFrom.configMapKeyRef.name#0': nameCases('configMapKeyRef', 'ConfigMap'),
  'spec.worker.env.[].valueFrom.configMapKeyRef.key#0': keyCases('configMapKeyRef'),
  'spec.worker.nodeSelector.*#0': labelCases('nodeSelector'),
  'spec.worker.podLabels.*#0': labelCases('podLabels'),
  'spec.worker.podLabels#0': {
    field: 'spec.worker.podLabels',
    says: /^One of the labels is Courier's own$/,
    refused: ['courier.dev/courier', 'app.kubernetes.io/name', 'app.kubernetes.io/managed-by'].map((name) =>
      worker({ podLabels: { [name]: 'x' } }),
    ),
    accepted: ['team', 'app.kubernetes.io/part-of', 'courier.development/x'].map((name) =>
      worker({ podLabels: { [name]: 'x' } }),
    ),
  },
  'spec.worker.podAnnotations#0': {
    field: 'spec.worker.podAnnotations',
    says: /^One of the annotations is Courier's own$/,
    refused: [worker({ podAnnotations: { 'courier.dev/config-hash': 'x' } })],
    accepted: [worker({ podAnnotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } })],
  },
  'spec.worker.tolerations.[]#0': {
    field: 'spec.worker.tolerations[0].key',
    says: /^The toleration has no key/,
    refused: [toleration({}), toleration({ effect: 'NoSchedule' })],
    accepted: [toleration({ operator: 'Exists' }), toleration({ key: 'dedicated', value: 'courier' })],
  },
  'spec.worker.tolerations.[]#1': {
    field: 'spec.worker.tolerations[0].value',
    says: /^The toleration has a value, and its operator Exists looks at none$/,
    refused: [toleration({ key: 'a', operator: 'Exists', value: 'b' })],
    accepted: [toleration({ key: 'a', operator: 'Equal', value: 'b' })],
  },
  'spec.worker.tolerations.[]#2': {
    field: 'spec.worker.tolerations[0].tolerationSeconds',
    says: /^tolerationSeconds is for the effect NoExecute alone$/,
    refused: [
      toleration({ key: 'a', tolerationSeconds: 1 }),
      toleration({ key: 'a', effect: 'NoSchedule', tolerationSeconds: 1 }),
    ],
    accepted: [toleration({ key: 'a', effect: 'NoExecute', tolerationSeconds: 0 })],
  },
};
