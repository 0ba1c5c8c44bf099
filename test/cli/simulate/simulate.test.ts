import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { manifest } from '../manifests.ts';
import { type Result, runCli, temporaryDirectory, write } from '../run-cli.ts';

const examples = join(import.meta.dirname, '../../../examples/scenarios');
const scenarios = (await readdir(examples)).filter((file) => file.endsWith('.yaml'));
const small = 'durationSeconds: 300\narrivals: [{ shape: Constant, perSecond: 5 }]\n';

/** Runs `courier simulate` on a scenario of this text. */
async function simulate(t: TestContext, text: string, ...args: string[]): Promise<Result> {
  const directory = await temporaryDirectory(t);
  return runCli(t, ['simulate', await write(directory, 'scenario.yaml', text), ...args]);
}

describe('courier simulate', () => {
  test('draws arrivals, depth and replicas, says why, and compares', async (t) => {
    const { exitCode, stdout } = await simulate(t, small);
    assert.equal(exitCode, 0);
    for (const part of [
      'messages sent per second',
      'messages that wait, Courier',
      'replicas, KEDA',
      'why Courier changed',
    ])
      assert.ok(stdout.includes(part), part);
    assert.match(stdout, /\n +\d+:\d\d +.*\d+ replicas?:? .*\.\n/);
    assert.match(
      stdout,
      /\nCourier +[\d,]+ .*\nKEDA \+ HPA +[\d,]+ .*\nAWS target tracking +.*\nstatic maximum +3,000 /,
    );
  });

  for (const name of scenarios) {
    test(`runs the example ${name} as its first lines say`, async (t) => {
      const text = await readFile(join(examples, name), 'utf8');
      assert.match(text, new RegExp(`^# .*\\n#\\n#   courier simulate examples/scenarios/${name}`));
      const { exitCode, stdout, stderr } = await runCli(t, ['simulate', join(examples, name), '--json']);
      assert.equal(exitCode, 0, stderr);
      const { autoscalers } = JSON.parse(stdout);
      assert.deepEqual(Object.keys(autoscalers), ['courier', 'keda', 'aws', 'static']);
      assert.ok(autoscalers.courier.outcome.delivered > 0);
      assert.ok(autoscalers.courier.orders.every(({ why }: { why: string }) => /^\d.*\.$/.test(why)));
    });
  }

  test('compares with what it is asked to', async (t) => {
    const { stdout } = await simulate(t, small, '--json', '--against', 'static', '--seed', '7');
    const { title, autoscalers } = JSON.parse(stdout);
    assert.equal(title, 'scenario, seed 7');
    assert.deepEqual(Object.keys(autoscalers), ['courier', 'static']);
  });

  test('runs a scenario that is built in with the scaling of a Courier', async (t) => {
    const directory = await temporaryDirectory(t);
    const file = await write(directory, 'courier.yaml', manifest({ scaling: '{ minReplicas: 2, maxReplicas: 3 }' }));
    const { stdout, stderr } = await runCli(t, ['simulate', 'step-up', '-f', file, '--json']);
    const { title, autoscalers } = JSON.parse(stdout === '' ? stderr : stdout);
    assert.equal(title, 'step-up for orders, seed 1');
    assert.equal(Math.min(...autoscalers.courier.replicas), 2);
    assert.equal(Math.min(...autoscalers.static.replicas), 3);
  });

  test('replays recorded depths', async (t) => {
    const { stdout } = await runCli(t, ['simulate', '--depth', join(examples, 'depth.csv'), '--json']);
    const { durationSeconds, arrivalsPerSecond, autoscalers } = JSON.parse(stdout);
    assert.equal(durationSeconds, 900);
    assert.equal(arrivalsPerSecond, null);
    assert.equal(Math.max(...autoscalers.courier.depth), 4100);
    assert.ok(Math.max(...autoscalers.courier.replicas) > 1);
    assert.equal(autoscalers.courier.outcome, null);
    const drawn = await runCli(t, ['simulate', '--depth', join(examples, 'depth.csv')]);
    assert.match(drawn.stdout, /messages that wait, as recorded/);
    assert.doesNotMatch(drawn.stdout, /p99/);
  });

  test('simulates recorded arrivals', async (t) => {
    const { stdout } = await runCli(t, ['simulate', '--depth', join(examples, 'arrivals.csv'), '--json']);
    const { durationSeconds, arrivalsPerSecond } = JSON.parse(stdout);
    assert.equal(durationSeconds, 2400);
    assert.ok(Math.abs(Math.max(...arrivalsPerSecond) - 80) < 15);
  });

  test('draws an SVG that is well-formed', async (t) => {
    const directory = await temporaryDirectory(t);
    const { exitCode, stderr } = await simulate(t, `name: "a <b> & c"\n${small}`, '--svg', join(directory, 'plot.svg'));
    assert.equal(exitCode, 0, stderr);
    const svg = await readFile(join(directory, 'plot.svg'), 'utf8');
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.ok(svg.includes('a &#60;b&#62; &#38; c'));
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    const opened = [...svg.matchAll(/<([a-z]+)(?: [^>]*[^/>])?>/g)].map(([, tag]) => tag);
    const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map(([, tag]) => tag);
    assert.deepEqual(opened.toSorted(), closed.toSorted());
  });
});

describe('courier simulate refuses', () => {
  test('what is wrong in a scenario, with exit code 2', async (t) => {
    const { exitCode, stderr } = await simulate(t, `${small}worker: {}`);
    assert.match(stderr, /scenario\.yaml:3:1: worker: is not a field of a scenario\. Did you mean workers\?\n$/);
    assert.equal(exitCode, 2);
  });

  test('more messages than fit', async (t) => {
    const much = 'durationSeconds: 600000\narrivals: [{ shape: Constant, perSecond: 900 }]';
    const { exitCode, stderr } = await simulate(t, much);
    assert.match(stderr, /arrivals: 540,000,000 messages are more than the 20,000,000 that fit\. Lower a rate/);
    assert.equal(exitCode, 2);
  });

  test('a name that is not built in, and suggests one that is', async (t) => {
    const { exitCode, stderr } = await runCli(t, ['simulate', 'flash-croud']);
    assert.match(
      stderr,
      /^"flash-croud" is neither a file nor a scenario that is built in\. Did you mean flash-crowd\?\n$/,
    );
    assert.equal(exitCode, 2);
  });

  test('two things that arrive', async (t) => {
    const { exitCode, stderr } = await runCli(t, ['simulate', 'step-up', '--depth', 'depth.csv']);
    assert.match(stderr, /Both step-up and --depth depth\.csv say what arrives\./);
    assert.equal(exitCode, 2);
  });

  test('an autoscaler that it does not know', async (t) => {
    const { exitCode, stderr } = await runCli(t, ['simulate', '--against', 'keda,hpa']);
    assert.match(stderr, /It must be some of keda,aws,static/);
    assert.equal(exitCode, 2);
  });

  test('to write where it cannot, with exit code 1', async (t) => {
    const { exitCode, stderr } = await simulate(t, small, '--svg', '/nowhere/plot.svg');
    assert.match(stderr, /\/nowhere\/plot\.svg cannot be written: ENOENT.*Name a file in a directory/);
    assert.equal(exitCode, 1);
  });
});
