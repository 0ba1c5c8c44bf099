import assert from 'node:assert/strict';
import { glob, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { serverEnvironment } from '../../cli/embedded/resources.ts';
import { type Recipient, startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';
import { objectsIn } from '../chart/chart.ts';
import { Desk, messages } from '../docs/desk.ts';
import { foreignApis } from '../docs/judges/yaml.ts';
import { allPages, project } from '../docs/pages.ts';
import { needsCluster, type ShellLine, shellLines } from '../docs/shell.ts';
import { Terminal } from '../docs/terminal.ts';
import { reasonNotToRun } from '../docs/unexecuted.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { workerImage } from './operator-under-test.ts';
import { eventually } from './suite.ts';
import { findTool, kubectl, type Tool } from './tools.ts';

const pages = await allPages();
const isRun = (line: ShellLine) => needsCluster(line) && reasonNotToRun(line.text) === undefined;
const typed = (path: string) =>
  (pages.find((page) => page.path === path)?.snippets ?? [])
    .map((snippet) => shellLines(snippet).filter(isRun))
    .filter((lines) => lines.length > 0);

/** A page that installs Courier is read first; one that removes it, last. */
const first = 'README.md';
const last = 'docs/install.md';
const others = pages.map(({ path }) => path).filter((path) => ![first, last].includes(path) && typed(path).length > 0);

/** The nodes here keep no logs for kubectl and measure no pods: what would be asked is looked for instead. */
const withoutLogs = /kubectl (?:-n )?(\S+) (?:logs|top pods) (-l \S+)[^|]*(?:\|.*)?$/g;

describe('what the pages say to type for a cluster, on a real control plane', () => {
  let cluster: Cluster;
  let desk: Desk;
  let recipient: Recipient;
  const run = (...args: string[]) => kubectl(args, { kubeconfig: cluster.controlPlane.kubeconfig() });

  before(async () => {
    cluster = await startCluster();
    recipient = await startRecipient({ port: 0, script: acceptingScript, clock: systemClock, random: Math.random });
    const replaced = [
      [/http:\/\/orders\.shop\.svc\/events/g, recipient.url],
      [/\bNAMESPACE\b/g, 'shop'],
      [/\bNAME\b/g, 'orders'],
      [withoutLogs, 'kubectl -n $1 get pods $2 -o name | grep pod/'],
    ] as const;
    desk = await Desk.open({
      replaced,
      env: { KUBECONFIG: cluster.controlPlane.kubeconfig(), COURIER_LISTEN: '127.0.0.1:0' },
    });
    for (const tool of ['kubectl', 'helm'] as const) await offer(tool);
    // Pods call AWS as their node does.
    const image = { ...workerImage.image, environment: serverEnvironment(desk.aws) };
    cluster.images.set('ghcr.io/courier-dev/courier:0.1.0', image);
  });

  after(async () => {
    await recipient.close();
    await cluster.stop();
    await desk[Symbol.asyncDispose]();
  });

  /** Types all of a page, in terminals of its own. */
  async function type(path: string): Promise<void> {
    await using terminal = await Terminal.open(desk);
    for (const lines of typed(path)) await terminal.typeAll(lines);
  }

  /** Puts a tool on PATH where it is not there already. */
  async function offer(tool: Tool): Promise<void> {
    const path = await findTool(tool);
    if (path !== tool) await symlink(path, join(desk.directory, tool));
  }

  it(`${first}, and then a message is delivered`, async () => {
    await type(first);
    const QueueUrl = desk.aws.sqs.createQueue('orders');
    for (let n = 0; n < messages; n++) await desk.aws.sqs.call('SendMessage', { QueueUrl, MessageBody: String(n) });
    await eventually('everything delivered', () => recipient.accepted.size === messages, 60_000);
    await eventually('everything audited', () => desk.aws.firehose.records('orders-audit').length >= messages);
  });

  for (const path of others) {
    it(path, () => type(path));
  }

  it('and its policies for tenants are taken away again', async () => {
    await run('delete', '-f', join(project, 'docs/security/tenants.yaml'));
  });

  it('and every object that a page shows or names is taken by the API server', async () => {
    for (const namespace of ['billing', 'argocd', 'monitoring']) await run('create', 'namespace', namespace);
    const files = await Array.fromAsync(glob('docs/**/*.yaml', { cwd: project }));
    const shown = pages.flatMap(({ snippets }) => snippets).filter(({ language }) => language === 'yaml');
    const texts = [
      ...shown.map(({ page, line, text }) => ({ where: `${page}:${line}`, text })),
      ...(await Promise.all(
        files.map(async (file) => ({ where: file, text: await readFile(join(project, file), 'utf8') })),
      )),
    ];
    let count = 0;
    for (const { where, text } of texts)
      for (const object of objectsIn(text)) {
        if (object.apiVersion === undefined || foreignApis.test(object.apiVersion)) continue;
        // Under a name of its own: it is not to be merged with what there is.
        const input = JSON.stringify({ ...object, metadata: { ...object.metadata, name: `shown-${count}` } });
        const args = [
          'apply',
          '--server-side',
          '--force-conflicts',
          '--dry-run=server',
          '--validate=strict',
          '-f',
          '-',
        ];
        const kubeconfig = cluster.controlPlane.kubeconfig();
        assert.match(await kubectl(args, { kubeconfig, input }), /serverside-applied/, where);
        count++;
      }
    assert.ok(count > 0);
  });

  it(last, async () => {
    await run('delete', 'couriers', '--all', '--all-namespaces');
    await run('delete', 'namespace', 'shop', 'courier-system', '--wait');
    await run('delete', 'crd', 'couriers.courier.dev');
    await type(last);
  });
});
