import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { selfSignedCertificate } from '../certificate.ts';
import { eventually } from '../suite.ts';
import { converged, madeAndRemoved, stays, undisturbed } from './oracles.ts';
import { faultyCluster, Stage } from './stage.ts';

const cluster = await faultyCluster();

describe('files with credentials that are rotated (fault 28)', () => {
  it('a token and an authority that go, come back wrong and come back new end nothing', async (test) => {
    const stage = await Stage.set(cluster, test);
    const { directory } = cluster.controlPlane;
    const tokenFile = join(directory, `${stage.namespace}.token`);
    const authorityFile = join(directory, `${stage.namespace}.crt`);
    const tokenOf = (user: string) => cluster.controlPlane.connection(user).token;
    const [old, fresh] = ['first', 'second'].map((name) => selfSignedCertificate(name, ['127.0.0.1']));
    assert.ok(old !== undefined && fresh !== undefined);
    const first = await stage.newProxy({ certificate: old });
    const port = Number(new URL(first.url).port);
    await replace(tokenFile, tokenOf('admin'));
    await replace(authorityFile, old.certificate);
    const kubeconfig = join(directory, `${stage.namespace}.kubeconfig`);
    await writeFile(kubeconfig, kubeconfigOf(first.url, authorityFile, tokenFile));
    const operator = stage.startOperatorWith(kubeconfig);
    await stage.apply();
    await converged(stage, 0);

    // Both files are away: what was read before is used.
    await rm(tokenFile);
    await rm(authorityFile);
    await stage.apply({ scaling: { minReplicas: 1 } });
    await converged(stage, 1);

    // Somebody else answers on the same port, signed by an authority that the operator has not been told of yet.
    await first.close();
    const second = await stage.newProxy({ port, certificate: fresh });
    await replace(tokenFile, 'not a token');
    await stage.apply({ scaling: { minReplicas: 2 } });
    await eventually('the operator has noticed', () => /certificate|self-signed/.test(operator.log));
    assert.deepEqual(second.seen, []);

    // The authority comes first. The token that the operator remembers expires, and that in the file is refused.
    second.rule({ action: { do: 'answer', status: 401 } });
    await replace(authorityFile, fresh.certificate);
    const refused = () => second.seen.filter(({ status }) => status === 401).length >= 2;
    await eventually('the token in the file is refused', refused, 60_000);
    await replace(tokenFile, tokenOf('system:kube-scheduler'));
    await converged(stage, 2);
    await stays(stage);
    assert.equal(operator.child.exitCode, null, operator.log);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  });
});

/** Puts a file in place in one step, as the kubelet and cert-manager do. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** With what `@kubernetes/client-node` makes of the files in a pod; a plain `tokenFile` it would not read. */
function kubeconfigOf(server: string, authorityFile: string, tokenFile: string): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'courier' },
    clusters: [{ name: 'courier', cluster: { server, 'certificate-authority': authorityFile } }],
    users: [{ name: 'courier', user: { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } }],
    contexts: [{ name: 'courier', context: { cluster: 'courier', user: 'courier' } }],
  });
}
