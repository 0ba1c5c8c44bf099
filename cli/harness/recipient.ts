import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, sleep } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import { chooseReaction, type Reaction, type RecipientScript } from './script.ts';

export type RecipientOptions = {
  /** 0: a free one. Listens on 127.0.0.1 unless `host` says otherwise. */
  readonly port: number;
  readonly host?: string;
  readonly script: RecipientScript;
  readonly clock: Clock;
  readonly random: Random;
  /** Called for each request at the moment it is accepted. */
  readonly onAccepted?: (accepted: { readonly messageId: string | undefined; readonly body: Buffer }) => void;
};

/** What a recipient has seen so far. */
export type RecipientCounts = {
  requests: number;
  /** Answered with 2xx. */
  accepted: number;
  /** Accepted requests beyond the first with the same `courier-message-id`. */
  duplicates: number;
  /** Answered with 429. */
  throttled: number;
  /** Answered with any other status. */
  refused: number;
  /** Cut without an answer. */
  reset: number;
  /** Requests that are open now. */
  open: number;
};

export type Recipient = {
  readonly url: string;
  readonly counts: Readonly<RecipientCounts>;
  /** How often each `courier-message-id` was accepted. */
  readonly accepted: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

/** The pause between two bytes of a slow body, and how many there are: two seconds in all. */
const drip = { pauseMs: 100, bytes: 20 };

/**
 * Starts an HTTP server that accepts, delays, refuses, throttles and cuts requests as its script says.
 * @throws the server's error when the port cannot be listened on.
 */
export async function startRecipient(options: RecipientOptions): Promise<Recipient> {
  const { script, clock, random, onAccepted, host = '127.0.0.1' } = options;
  const counts = { requests: 0, accepted: 0, duplicates: 0, throttled: 0, refused: 0, reset: 0, open: 0 };
  const accepted = new Map<string, number>();
  const closing = new AbortController();

  const accept = (messageId: string | undefined, body: Buffer) => {
    counts.accepted++;
    if (messageId !== undefined) {
      const times = accepted.get(messageId) ?? 0;
      accepted.set(messageId, times + 1);
      if (times > 0) counts.duplicates++;
    }
    onAccepted?.({ messageId, body });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    const reaction = chooseReaction(script, random);
    await sleep(clock, reaction.latencyMs, closing.signal);
    // Who asks a recipient that closes gets no answer, so nothing was accepted.
    if (closing.signal.aborted) return;
    if (reaction.kind === 'Reset') {
      counts.reset++;
      request.socket.resetAndDestroy();
      return;
    }
    if (reaction.status >= 200 && reaction.status < 300) accept(headerOf(request, 'courier-message-id'), body);
    else if (reaction.status === 429) counts.throttled++;
    else counts.refused++;
    await answer(response, reaction, clock, closing.signal);
  };

  const server = createServer((request, response) => {
    counts.requests++;
    counts.open++;
    response.once('close', () => counts.open--);
    // A client that hangs up in the middle of its request is its own affair.
    handle(request, response).catch(() => request.destroy());
  });
  server.listen(options.port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the recipient listens on no TCP port');
  return {
    url: `http://${host}:${address.port}/`,
    counts,
    accepted,
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function answer(
  response: ServerResponse,
  reaction: Exclude<Reaction, { kind: 'Reset' }>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { retryAfterSeconds, status } = reaction;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  response.writeHead(status);
  if (reaction.kind === 'SlowBody') {
    for (let sent = 0; sent < drip.bytes && !response.closed; sent++) {
      response.write('.');
      await sleep(clock, drip.pauseMs, signal);
    }
  }
  response.end();
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
