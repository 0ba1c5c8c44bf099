import { Command, CommanderError, Option } from 'commander';
import { AwsError } from '../aws/errors.ts';
import manifest from '../package.json' with { type: 'json' };
import { CommandError, exitCodes } from './exit-codes.ts';
import { parseLatency, parseTail } from './harness/latency.ts';
import { collect, duration, keyValue, port, positiveNumber, share, wholeNumber, workerRange } from './option-values.ts';
import { addRedrive } from './redrive/commands.ts';
import { autoscalerNames } from './simulate/autoscaler-names.ts';

/** What a command came to; its module is loaded only when it is called. */
type Report = (exitCode: number) => void;

/**
 * Runs the command line.
 * @param argv as `process.argv`.
 * @returns the exit code; what went wrong has been said on stderr.
 */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  try {
    const program = courierProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return await explain(error);
  }
}

/** All commands with their arguments and options; parsing runs the one that is named. */
export function courierProgram(report: Report): Command {
  const program = new Command('courier')
    .description('Delivers SQS messages to an HTTP recipient and audits every delivery.')
    .version(manifest.version)
    .exitOverride()
    .showSuggestionAfterError();
  addLocal(program, report);
  addSimulate(program, report);
  addExplain(program, report);
  addWorker(program, report);
  addOperator(program, report);
  addEmbedded(program, report);
  addBeforeCluster(program, report);
  addTop(program, report);
  const harness = program.command('harness').description('Send test messages, or receive them.');
  addSend(harness, report);
  addReceive(harness, report);
  addRedrive(program, report);
  return program;
}

function addLocal(program: Command, report: Report): void {
  program
    .command('local')
    .description('Run the Couriers of a manifest on this machine.')
    .requiredOption('-f, --file <file>', 'the manifest, or - for standard input')
    .option('--workers <min..max>', 'how many workers, instead of spec.scaling: 3, or 0..8', workerRange)
    .option('--embedded', 'embed queue and stream where the manifest names no endpoint', false)
    .option('--port <port>', 'where the embedded AWS listens; 0: a free port', port, 0)
    .option('--firehose-dir <directory>', 'where the embedded Firehose writes; default: a temporary directory')
    .option('--interval <duration>', 'how often the number of workers is decided', duration, 1000)
    .option('--until-empty', 'end when every queue is empty', false)
    .option('--log-dir <directory>', "where the workers' logs go; default: a temporary directory")
    .action(async (options) => report(await (await import('./local/command.ts')).localCommand(options)));
}

function addSimulate(program: Command, report: Report): void {
  program
    .command('simulate')
    .description('Say how many workers there would be and why, beside other autoscalers.')
    .argument('[scenario]', 'a scenario file, or the name of one that is built in; default: flash-crowd')
    .option('-f, --file <file>', 'a manifest with one Courier, for its scaling')
    .option('--depth <file>', 'a CSV of recorded depths or arrivals, instead of a scenario')
    .addOption(
      new Option('--against <names>', 'some of keda,aws,static')
        .argParser(autoscalerNames)
        .default(['keda', 'aws', 'static'], 'all'),
    )
    .option('--seed <n>', 'chooses the dice', wholeNumber({ min: 1, max: 4_294_967_295 }), 1)
    .option('--svg <file>', 'draw the timeline into this file')
    .option('--json', 'print the timeline as JSON', false)
    .action(async (scenario, options) => {
      report(await (await import('./simulate/command.ts')).simulateCommand(scenario, options));
    });
}

function addExplain(program: Command, report: Report): void {
  program
    .command('explain')
    .description('Say why a Courier in a cluster has as many workers as it has, with its last decisions.')
    .argument('<name>', 'the Courier')
    .option('-n, --namespace <namespace>', "its namespace; default: the context's")
    .option('--context <context>', 'a context of the kubeconfig; default: the current one')
    .option('--json', 'print it as JSON', false)
    .action(async (name, options) => {
      report(await (await import('./explain/command.ts')).explainCommand(name, options));
    });
}

function addWorker(program: Command, report: Report): void {
  program
    .command('worker')
    .description('Run one worker, configured by COURIER_CONFIG, COURIER_WORKER and COURIER_LISTEN.')
    .action(async () => report(await (await import('../worker/main.ts')).runWorker(process.env)));
}

function addOperator(program: Command, report: Report): void {
  program
    .command('operator')
    .description('Run the operator in a cluster, configured by its environment.')
    .option('--check', 'say what it lacks there and whether an operator leads, and end', false)
    .action(async ({ check }) => {
      const { checkOperator, runOperator } = await import('../operator/main.ts');
      report(await (check ? checkOperator(process.env) : runOperator(process.env)));
    });
}

function addEmbedded(program: Command, report: Report): void {
  program
    .command('embedded')
    .description('Serve an SQS and a Firehose on this machine, in memory.')
    .option('--port <port>', '0: a free port', port, 9324)
    .option('--firehose-dir <directory>', 'where the records of streams land, one file a stream')
    .option('--queue <name>', 'a queue to begin with; FIFO when it ends in .fifo; repeatable', collect, [])
    .option('--stream <name>', 'a delivery stream to begin with; repeatable', collect, [])
    .action(async (options) => report(await (await import('./embedded/command.ts')).embeddedCommand(options)));
}

/** What can be known of a manifest before it is applied. */
function addBeforeCluster(program: Command, report: Report): void {
  program
    .command('validate')
    .description('Say what the API server would refuse of manifests, and what nobody should want.')
    .argument('<path...>', 'files, directories of YAML and JSON, or - for standard input')
    .option(
      '--queue-attributes <file>',
      'what `aws sqs get-queue-attributes` printed of a queue; repeatable',
      collect,
      [],
    )
    .option('--strict', 'fail for warnings, too', false)
    .option('--json', 'print JSON', false)
    .action(async (paths, options) =>
      report(await (await import('./validate/command.ts')).validateCommand(paths, options)),
    );
  program
    .command('plan')
    .description('Print what the operator would apply for the Couriers of a manifest, or what of it would change.')
    .requiredOption('-f, --file <file>', 'the manifest, or - for standard input')
    .option('--image <image>', "the operator's image; default: the one of this version")
    .option('--replicas <n>', 'how many workers; default: minReplicas', wholeNumber({ min: 0, max: 100_000 }))
    .option('--pod-monitors', 'as in a cluster that knows PodMonitors', false)
    .option('--diff', 'compare with the cluster, with a dry run that changes nothing', false)
    .option('--exit-code', 'with --diff: exit with 1 when something would change', false)
    .option('--context <name>', 'a context of the kubeconfig; default: the current one')
    .option('--json', 'print JSON', false)
    .action(async (options) => report(await (await import('./plan/command.ts')).planCommand(options)));
  program
    .command('iam')
    .description('Print the least that workers and operator must be allowed in AWS for the Couriers of a manifest.')
    .requiredOption('-f, --file <file>', 'the manifest, or - for standard input')
    .option('--json', 'print JSON', false)
    .action(async (options) => report(await (await import('./iam/command.ts')).iamCommand(options)));
}

function addTop(program: Command, report: Report): void {
  program
    .command('top')
    .description('Show all Couriers of a cluster, live: what they have to do, and why they have as many workers.')
    .option('-n, --namespace <namespace>', 'only this namespace')
    .option('--context <name>', 'a context of the kubeconfig; default: the current one')
    .option('--interval <duration>', 'how often it looks', duration, 2000)
    .option('--json', 'print the Couriers as JSON, once', false)
    .action(async (options) => report(await (await import('./top/command.ts')).topCommand(options)));
}

function addSend(harness: Command, report: Report): void {
  harness
    .command('send')
    .description('Send test messages to a queue.')
    .addOption(new Option('--queue-url <url>', 'the queue').conflicts('file'))
    .option('-f, --file <file>', 'a manifest with one Courier, for its queue')
    .option('--endpoint <url>', 'the SQS-compatible server, when it is not the host of the queue URL')
    .option('--region <region>', 'the region that requests are signed for')
    .option('--count <n>', 'how many messages', wholeNumber({ min: 1, max: 100_000_000 }), 1000)
    .option('--rate <n>', 'messages per second; default: as fast as possible', positiveNumber)
    .option('--size <bytes>', 'bytes of each body', wholeNumber({ min: 1, max: 1_048_576 }), 256)
    .option(
      '--groups <n>',
      'message groups, in turn; default: 1 for FIFO, else none',
      wholeNumber({ min: 0, max: 100_000 }),
    )
    .option('--attribute <key=value>', 'an attribute of each message; repeatable', keyValue)
    .option('--run <id>', 'what the bodies call this run; default: random')
    .action(async (options) => report(await (await import('./harness/send-command.ts')).sendCommand(options)));
}

function addReceive(harness: Command, report: Report): void {
  const status = wholeNumber({ min: 200, max: 599 });
  harness
    .command('receive')
    .description('Be a recipient that behaves as scripted.')
    .option('--port <port>', '0: a free port', port, 8080)
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .addOption(
      new Option('--latency <latency>', '20ms, 20ms..80ms, or lognormal:20ms:0.5 (median and sigma)')
        .argParser(parseLatency)
        .default(parseLatency('0ms'), 'none'),
    )
    .option('--tail <share:latency>', 'a share of requests that take longer, such as 1%:500ms', parseTail)
    .option('--status <status>', 'the usual answer', status, 200)
    .option('--error-rate <share>', 'the share answered with the error status', share, 0)
    .option('--error-status <status>', 'the error status', status, 503)
    .option('--throttle-rate <share>', 'the share answered with 429', share, 0)
    .option('--retry-after <seconds>', 'what a 429 says', wholeNumber({ min: 0, max: 86_400 }))
    .option('--reset-rate <share>', 'the share whose connection is cut', share, 0)
    .option('--slow-body-rate <share>', 'the share whose answer drips for two seconds', share, 0)
    .action(async (options) => report(await (await import('./harness/receive-command.ts')).receiveCommand(options)));
}

/** Says what went wrong on stderr, in a sentence where it was foreseen, with its stack where it is a defect. */
async function explain(error: unknown): Promise<number> {
  // Commander has said it already; help and version end this way too, with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.wrong;
  if (error instanceof CommandError) {
    console.error(error.message);
    return error.exitCode;
  }
  if (error instanceof AwsError) {
    const { describeAwsFailure } = await import('../aws/explain.ts');
    console.error(`${describeAwsFailure(error).sentence}.`);
    return exitCodes.failed;
  }
  console.error(error);
  return exitCodes.failed;
}
