import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installOnce } from '../cluster/cache.ts';
import { freePorts } from '../support/free-ports.ts';
import { isInstalled, run, serve } from './command.ts';
import type { RunningServer, ServerKind } from './server-kind.ts';

const version = '1.7.1';
const accountId = '000000000000';
const region = 'us-east-1';

/** ElasticMQ: SQS on the JVM, the strictest judge of a consumer. https://github.com/softwaremill/elasticmq */
export const elasticMq: ServerKind = {
  name: 'ElasticMQ',
  missing: () =>
    isInstalled('java', '-version') && isInstalled('mvn', '-version')
      ? undefined
      : 'ElasticMQ needs Java 17 or later and Maven: install a JDK and maven',
  start,
};

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>courier</groupId>
  <artifactId>elasticmq</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.elasticmq</groupId>
      <artifactId>elasticmq-server_2.13</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

function install(): Promise<string> {
  return installOnce(`elasticmq-${version}`, async (directory) => {
    await writeFile(join(directory, 'pom.xml'), pom);
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    const args = ['--batch-mode', '--quiet', goal, '-DincludeScope=runtime', '-DoutputDirectory=lib'];
    await run({ program: 'mvn', args, cwd: directory });
  });
}

function configuration(port: number): string {
  return `include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = ${region}, accountId = ${accountId} }
`;
}

async function start(): Promise<RunningServer> {
  const directory = await install();
  const [port = 0] = await freePorts(1);
  const work = await mkdtemp(join(tmpdir(), 'courier-elasticmq-'));
  await writeFile(join(work, 'elasticmq.conf'), configuration(port));
  const classPath = join(directory, 'lib', '*');
  const args = ['-Xmx512m', '-Dconfig.file=elasticmq.conf', '-cp', classPath, 'org.elasticmq.server.Main'];
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = await serve({ program: 'java', args, cwd: work }, () => answers(endpoint));
  return {
    endpoint,
    region,
    accountId,
    async stop() {
      await stop();
      await rm(work, { recursive: true });
    },
  };
}

/** Any HTTP answer will do: ElasticMQ binds its port last. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    await (await fetch(endpoint)).text();
    return true;
  } catch {
    return false;
  }
}
