import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The program in the containers of the cluster tests: a server on POD_IP and PORT that does and tells what tests want to
 * know. It uses no package, so that it starts fast.
 */

const answers = { '/ready': 200, '/alive': 200, '/started': 200 };

const routes: Readonly<Record<string, (query: URLSearchParams, response: ServerResponse) => void>> = {
  '/environment': (_, response) => response.end(JSON.stringify(process.env)),
  '/arguments': (_, response) => response.end(JSON.stringify(process.argv.slice(2))),
  '/file': (query, response) => response.end(readFileSync(query.get('path') ?? '')),
  '/write': (query, response) => {
    writeFileSync(query.get('path') ?? '', query.get('text') ?? '');
    response.end();
  },
  '/whoami': (_, response) => whoAmI(response),
  /** From now on the probe endpoint `path` answers with `status`. */
  '/answer': (query, response) => {
    Object.assign(answers, { [query.get('path') ?? '']: Number(query.get('status')) });
    response.end();
  },
  '/child': (_, response) => response.end(String(spawn('sleep', ['1000']).pid)),
  '/exit': (query) => process.exit(Number(query.get('code'))),
};

/** Asks the API server, which it finds as any in-cluster client does. */
function whoAmI(response: ServerResponse): void {
  const { ca, token } = serviceAccountFiles();
  const review = request({
    host: process.env.KUBERNETES_SERVICE_HOST,
    port: process.env.KUBERNETES_SERVICE_PORT,
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    method: 'POST',
    ca: readFileSync(ca),
    headers: { authorization: `Bearer ${readFileSync(token, 'utf8')}`, 'content-type': 'application/json' },
  });
  review.on('response', (answer) => answer.pipe(response));
  review.on('error', (error) => response.writeHead(500).end(error.message));
  review.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }));
}

function serviceAccountFiles(): { readonly ca: string; readonly token: string } {
  if (process.env.KUBECONFIG === undefined) {
    const directory = '/var/run/secrets/kubernetes.io/serviceaccount';
    return { ca: `${directory}/ca.crt`, token: `${directory}/token` };
  }
  const { clusters, users } = JSON.parse(readFileSync(process.env.KUBECONFIG, 'utf8'));
  return { ca: clusters[0].cluster['certificate-authority'], token: users[0].user.tokenFile };
}

/** `ON_SIGTERM` is `exit`, `ignore`, or how many milliseconds the work that is left takes. */
process.on('SIGTERM', async () => {
  const manner = process.env.ON_SIGTERM ?? 'exit';
  console.log('SIGTERM');
  if (manner === 'ignore') return;
  if (manner !== 'exit') await delay(Number(manner));
  console.log('done');
  process.exit(0);
});

createServer((incoming, response) => {
  const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://pod');
  const status = Object.entries(answers).find(([path]) => path === pathname)?.[1];
  if (status !== undefined) response.writeHead(status).end();
  else routes[pathname]?.(searchParams, response);
}).listen(Number(process.env.PORT ?? 8080), process.env.POD_IP);
