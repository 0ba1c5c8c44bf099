import { hash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';

/** Ten messages of 1 KiB of JSON, with the attributes that SQS gives to each. */
export const cannedMessages = Array.from({ length: 10 }, (_value, index) => {
  const body = JSON.stringify({ order: index, text: 'x'.repeat(1000) });
  return {
    MessageId: `00000000-0000-0000-0000-00000000000${index}`,
    ReceiptHandle: 'h'.repeat(380),
    MD5OfBody: hash('md5', body),
    Body: body,
    Attributes: {
      SenderId: 'AIDAEXAMPLE',
      SentTimestamp: '1767225600000',
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: '1767225600001',
    },
  };
});

const receiveAnswer = toAnswer({ Messages: cannedMessages });
const batchAnswer = toAnswer({
  Successful: cannedMessages.map((_message, index) => ({ Id: String(index) })),
  Failed: [],
});

/**
 * A server that gives every receive the same ten messages and takes every batch. It reads as little as it must, so that the
 * process that is measured never waits for it. Run as a child process: tells its port to its parent, and ends with it.
 */
function serve(socket: Socket): void {
  let received = '';
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    received += chunk;
    for (let end = endOfRequest(received); end !== undefined; end = endOfRequest(received)) {
      socket.write(received.slice(0, end).includes('AmazonSQS.ReceiveMessage') ? receiveAnswer : batchAnswer);
      received = received.slice(end);
    }
  });
}

function endOfRequest(received: string): number | undefined {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
  return received.length < head + 4 + length ? undefined : head + 4 + length;
}

function toAnswer(value: unknown): Buffer {
  const body = JSON.stringify(value);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: ${Buffer.byteLength(body)}`;
  return Buffer.from(`${head}\r\nx-amzn-requestid: 00000000-0000-0000-0000-000000000000\r\n\r\n${body}`);
}

if (import.meta.main) {
  const server = createServer({ noDelay: true }, serve);
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
  process.on('disconnect', () => process.exit());
}
