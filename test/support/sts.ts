import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** An STS that refuses the first `failures` calls and gives everybody the key `assumed` from then on. */
export async function startSts(test: TestContext, failures = 0) {
  const calls: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    calls.push(new URLSearchParams((await request.toArray()).join('')));
    const refused = calls.length <= failures;
    response.writeHead(refused ? 403 : 200, { 'content-type': 'text/xml' }).end(refused ? denied : assumed());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const denied =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error></ErrorResponse>';

function assumed(): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>assumed</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}
