import { join } from 'node:path';
import { installOnce } from '../cluster/cache.ts';
import { freePorts } from '../support/free-ports.ts';
import { isInstalled, run, serve } from './command.ts';
import type { RunningServer, ServerKind } from './server-kind.ts';

const version = '1.5.33';

/** ministack: SQS, Firehose and S3 in Python. https://pypi.org/project/ministack/ */
export const miniStack: ServerKind = {
  name: 'ministack',
  missing: () =>
    isInstalled('python3', '-c', 'import ensurepip, venv')
      ? undefined
      : 'ministack needs Python 3 with venv: install python3 and python3-venv',
  start,
};

function install(): Promise<string> {
  return installOnce(`ministack-${version}`, async (directory) => {
    await run({ program: 'python3', args: ['-m', 'venv', directory], cwd: directory });
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack==${version}`];
    await run({ program: join(directory, 'bin', 'python'), args, cwd: directory });
  });
}

async function start(): Promise<RunningServer> {
  const directory = await install();
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    SERVICES: 'sqs,firehose,s3',
    LOG_LEVEL: 'WARNING',
  };
  // The script's own first line names the directory that it was installed in, before the rename.
  const [program, script] = [join(directory, 'bin', 'python'), join(directory, 'bin', 'ministack')];
  const stop = await serve({ program, args: [script], cwd: directory, env }, () => isHealthy(endpoint));
  return { endpoint, region: 'us-east-1', accountId: '000000000000', stop };
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}
