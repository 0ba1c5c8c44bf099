import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { planChildren } from '../../../operator/courier/plan.ts';
import { context, liveCourier } from '../../operator/courier/fixtures.ts';
import { manifest } from '../manifests.ts';
import { bareEnvironment, runCli, temporaryDirectory, write } from '../run-cli.ts';

test('plan prints what the operator would apply, and nothing else', async (t) => {
  const directory = await temporaryDirectory(t);
  const { metadata, ...courier } = liveCourier();
  const { uid: _, generation: __, ...named } = metadata;
  const file = await write(directory, 'orders.json', JSON.stringify({ ...courier, metadata: named }));
  const args = ['plan', '-f', file, '--image', context.operatorImage, '--replicas', '3'];
  const { exitCode, stdout } = await runCli(t, args);
  assert.equal(exitCode, 0);
  const printed = parseAllDocuments(stdout).map((document) => document.toJS());
  const uid = '00000000-0000-0000-0000-000000000000';
  const exchangeTokenSha256 = '<the SHA-256 of the token that the operator makes>';
  const plan = planChildren({ ...courier, metadata: { ...metadata, uid } }, { ...context, exchangeTokenSha256 });
  assert.deepEqual(printed, JSON.parse(JSON.stringify(plan.children)));
  assert.deepEqual(JSON.parse((await runCli(t, [...args, '--json'])).stdout), printed);
});

test('plan and validate print no value of a Secret, be it right or wrong', async (t) => {
  const directory = await temporaryDirectory(t);
  const courier = manifest({
    recipient:
      '{ url: "https://orders.example.com/", authentication: { bearer: { secretKeyRef: { name: keys, key: token } } } }',
  });
  for (const values of ['stringData: { token: hunter2 }', 'data: { token: "hunter2!" }']) {
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: { name: keys, namespace: shop }\n${values}\n`;
    const file = await write(directory, 'orders.yaml', `${courier}\n---\n${secret}`);
    for (const args of [
      ['plan', '-f', file],
      ['validate', '--strict', file],
      ['iam', '-f', file],
    ]) {
      const { stdout, stderr } = await runCli(t, args);
      assert.ok(stdout !== '' || stderr !== '');
      assert.doesNotMatch(stdout + stderr, /hunter2/);
    }
  }
});

test('plan says what the operator would refuse', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = await write(directory, 'orders.yaml', manifest({ audit: '{ file: { directory: /audit } }' }));
  const { exitCode, stderr } = await runCli(t, ['plan', '-f', file]);
  assert.match(stderr, /^shop\/orders: The audit goes to files in \/audit, and no volume is mounted there.*\.\n$/);
  assert.equal(exitCode, 2);
});

test('plan --diff says that there is no kubeconfig', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = await write(directory, 'orders.yaml', manifest());
  const { exitCode, stderr } = await runCli(
    t,
    ['plan', '-f', file, '--diff'],
    bareEnvironment({ HOME: directory, KUBECONFIG: '' }),
  );
  assert.match(stderr, /^There is no kubeconfig: set KUBECONFIG, or write ~\/\.kube\/config\.\n$/);
  assert.equal(exitCode, 2);
});
