import { cp, glob, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedAws, startEmbeddedAws } from '../../aws/embedded/server.ts';
import { serverEnvironment } from '../../cli/embedded/resources.ts';
import { evidence } from '../cli/redrive/letters.ts';
import { bareEnvironment } from '../cli/run-cli.ts';
import { freePorts } from '../support/free-ports.ts';
import { project } from './pages.ts';

/** Ports that pages name. */
const ports = [8080, 8081, 9324];

/** How many messages are sent where a page sends thousands: they show no more, and cost seconds. */
export const messages = 100;

const queue = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';

/** What stands here in place of what a page says: in what is typed, and in the files. */
export type Replacements = readonly (readonly [from: RegExp, to: string])[];

export type DeskOptions = {
  /** Replacements before those of ports and of numbers of messages. */
  readonly replaced?: Replacements;
  /** Further variables of the environment. */
  readonly env?: NodeJS.ProcessEnv;
};

/** What a reader of a page is said to have: the files that it speaks of, an AWS with their queues, and free ports. */
export class Desk {
  readonly directory: string;
  readonly aws: EmbeddedAws;
  readonly env: NodeJS.ProcessEnv;
  readonly replaced: Replacements;

  private constructor(directory: string, aws: EmbeddedAws, replaced: Replacements, env: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.aws = aws;
    this.replaced = replaced;
    this.env = { ...bareEnvironment(serverEnvironment(aws)), ...env };
  }

  /** What a newcomer has: no account, but where AWS would be asked. */
  get envWithoutKeys(): NodeJS.ProcessEnv {
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...env } = this.env;
    return env;
  }

  /** Records in the files of `./audit`. */
  async audited(): Promise<number> {
    const files = await Array.fromAsync(glob('audit/*/*.{active,ndjson}', { cwd: this.directory }));
    const texts = await Promise.all(files.map((file) => readFile(join(this.directory, file), 'utf8')));
    return texts.join('').split('\n').length - 1;
  }

  /** A checkout, whose examples listen where it is free, and beside it `courier.yaml` and what else pages name. */
  static async open({ replaced: others = [], env = {} }: DeskOptions = {}): Promise<Desk> {
    const directory = await mkdtemp(join(tmpdir(), 'courier-desk-'));
    const free = await freePorts(ports.length);
    const addresses = ports.map((port, index) => [new RegExp(`\\b${port}\\b`, 'g'), String(free[index])] as const);
    const replaced = [...others, ...addresses, [/--count \d+/g, `--count ${messages}`] as const];
    const aws = await startEmbeddedAws({ region: 'eu-west-1', accountId: '123456789012' });
    const desk = new Desk(directory, aws, replaced, env);
    for (const entry of await readdir(project))
      if (!['examples', '.git'].includes(entry)) await symlink(join(project, entry), join(directory, entry));
    await cp(join(project, 'examples'), join(directory, 'examples'), { recursive: true });
    const examples = await readdir(join(directory, 'examples'));
    for (const name of examples.filter((name) => name.endsWith('.yaml')))
      await desk.#write(join('examples', name), await readFile(join(project, 'examples', name), 'utf8'));
    await desk.#writeFiles();
    await desk.#fillQueues();
    return desk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.aws.close();
    await rm(this.directory, { recursive: true });
  }

  /** What pages call by these names: a manifest of one's own, one with an error, a repository's, what AWS has printed. */
  async #writeFiles(): Promise<void> {
    await this.#write('courier.yaml', manifest(queue));
    await this.#write('orders.yaml', manifest(queue));
    await this.#write('wrong.yaml', manifest('orders'));
    await mkdir(join(this.directory, 'deploy'));
    await this.#write('deploy/orders.yaml', manifest(queue));
    await cp(join(project, 'examples/scenarios/depth.csv'), join(this.directory, 'queue.csv'));
    const attributes = { QueueArn: 'arn:aws:sqs:eu-west-1:123456789012:orders', VisibilityTimeout: '30' };
    await this.#write('orders.json', JSON.stringify({ Attributes: attributes }));
  }

  async #fillQueues(): Promise<void> {
    const { sqs, firehose } = this.aws;
    sqs.createQueue('orders');
    firehose.createDeliveryStream('orders-audit');
    const QueueUrl = sqs.createQueue('orders-dead');
    for (const reason of ['Refused', 'AttemptsExhausted'] as const) {
      const courier = { DataType: 'String', StringValue: JSON.stringify(evidence({ reason })) };
      await sqs.call('SendMessage', { QueueUrl, MessageBody: reason, MessageAttributes: { courier } });
    }
  }

  async #write(name: string, text: string): Promise<void> {
    const replaced = this.replaced.reduce((all, [from, to]) => all.replaceAll(from, to), text);
    await writeFile(join(this.directory, name), replaced);
  }
}

/** A Courier that audits to the stream; its `spec.queue.url` begins in line 7, column 5. */
function manifest(queueUrl: string): string {
  return `apiVersion: courier.dev/v1alpha1
kind: Courier
metadata:
  name: orders
spec:
  queue:
    url: ${queueUrl}
    deadLetterUrl: ${queue}-dead
  recipient:
    url: http://127.0.0.1:8080/
  audit:
    firehose:
      deliveryStreamName: orders-audit
  scaling:
    maxReplicas: 8
`;
}
