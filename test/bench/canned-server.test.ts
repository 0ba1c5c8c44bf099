import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { answer, startCannedServer } from '../../bench/canned-server.ts';

test('the canned server finds requests however their bytes are cut, also several in one', async () => {
  await using server = await startCannedServer((head, body, socket) => {
    socket.write(answer(`${head.split(' ')[1]} ${body.toString()};`));
  });
  const requests = ['/a', '/b', '/c'].map((path, index) => {
    const body = 'x'.repeat(index * 3);
    return `POST ${path} HTTP/1.1\r\nhost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
  const bytes = Buffer.from(requests.join(''));
  for (const size of [1, 7, bytes.length]) {
    const socket = connect(server.port, '127.0.0.1').setNoDelay().setEncoding('utf8');
    let answered = '';
    socket.on('data', (text) => {
      answered += text;
    });
    for (let at = 0; at < bytes.length; at += size) {
      socket.write(bytes.subarray(at, at + size));
      if (size < 10) await new Promise((resolve) => setImmediate(resolve));
    }
    while (!answered.includes('/c xxxxxx;')) await once(socket, 'data');
    assert.deepEqual(answered.match(/\/. x*;/g), ['/a ;', '/b xxx;', '/c xxxxxx;']);
    socket.destroy();
  }
});
