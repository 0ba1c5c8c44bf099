import { createServer } from 'node:net';

/**
 * Ports of 127.0.0.1 that nobody listens on, below the range from which kernels take the ports of outgoing connections:
 * they stay free until the servers that get them listen.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await canListen(port)) ports.add(port);
  }
  return [...ports];
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  server.once('error', (error) => ('code' in error && error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return promise;
}
