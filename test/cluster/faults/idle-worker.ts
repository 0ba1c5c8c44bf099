import { createServer } from 'node:http';
import { environment } from '../../../api/environment.ts';

/**
 * A worker that is ready at once and receives nothing, for tests that look at how many workers there are and not at what
 * they do. It answers probes, and knows nothing of the exchange.
 */
const [, host, port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(process.env[environment.listen] ?? '') ?? [];
const server = createServer((request, response) => {
  response.writeHead(request.url === '/livez' || request.url === '/readyz' ? 200 : 404).end();
});
server.listen(Number(port), host);
process.on('SIGTERM', () => process.exit(0));
