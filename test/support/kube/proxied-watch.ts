import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';

/** Decides whether a line of a watch goes on to the client. */
export type LineFilter = (event: unknown) => boolean;

/** One watch that goes through a chaos proxy, line by line. */
export class ProxiedWatch {
  readonly path: string;
  readonly #response: ServerResponse;
  readonly #passes: LineFilter;
  #held: string[] | undefined;
  #rest = '';

  constructor(path: string, upstream: IncomingMessage, response: ServerResponse, passes: LineFilter) {
    this.path = path;
    this.#response = response;
    this.#passes = passes;
    upstream.setEncoding('utf8');
    upstream.on('data', (text: string) => this.#take(text));
    upstream.once('end', () => response.end());
    upstream.once('error', () => this.reset());
    response.once('close', () => upstream.destroy());
  }

  /** Runs `callback` when the watch is over. */
  onClose(callback: () => void): void {
    this.#response.once('close', callback);
  }

  /** Holds back what comes from the server, while the connection looks alive. */
  freeze(): void {
    this.#held ??= [];
  }

  thaw(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.send(line);
  }

  /** Sends a line to the client that the server did not send. */
  send(line: string): void {
    if (this.#held === undefined) this.#response.write(`${line}\n`);
    else this.#held.push(line);
  }

  /** Ends the watch as the server would. */
  end(): void {
    this.#response.end();
  }

  /** Sends the beginning of a line, then breaks the connection. */
  truncate(): void {
    this.#response.write('{"type":"MODIFIED","object":{"meta', () => this.reset());
  }

  reset(): void {
    breakConnection(this.#response);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (this.#passes(JSON.parse(line))) this.send(line);
    }
  }
}

/** Breaks the connection of an answer: with a TCP reset where that is possible, which is not the case below TLS. */
export function breakConnection({ socket }: ServerResponse): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}
