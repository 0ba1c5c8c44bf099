import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../../aws/errors.ts';
import type { BatchOutcome, StreamPort } from '../../../aws/ports.ts';
import { FirehoseSink } from '../../../worker/audit/firehose-sink.ts';

function streamOf(answer: () => Promise<BatchOutcome>): StreamPort & { readonly records: string[] } {
  const records: string[] = [];
  return {
    records,
    putRecords: (batch) => {
      records.push(...batch.map((record) => Buffer.from(record).toString()));
      return answer();
    },
  };
}

describe('the Firehose sink', () => {
  it('puts each line as a record of its own', async () => {
    const stream = streamOf(async () => [undefined, undefined]);
    assert.deepEqual(await new FirehoseSink(stream).write(['{"a":"ü"}\n', '{}\n']), [undefined, undefined]);
    assert.deepEqual(stream.records, ['{"a":"ü"}\n', '{}\n']);
  });

  it('says of each record that was refused why', async () => {
    const refused = { code: 'ServiceUnavailableException', message: 'Slow down.', senderFault: false };
    const sink = new FirehoseSink(streamOf(async () => [undefined, refused]));
    assert.deepEqual(await sink.write(['a\n', 'b\n']), [
      undefined,
      'Firehose refused a record: ServiceUnavailableException: Slow down.',
    ]);
  });

  it('says why a call failed as a whole, with the remedy', async () => {
    const missing = new AwsError('ResourceNotFoundException', 'not found', {
      status: 400,
      subject: { resource: 'stream', name: 'audit', region: 'eu-west-1' },
    });
    const sink = new FirehoseSink(streamOf(() => Promise.reject(missing)));
    await assert.rejects(sink.write(['a\n']), {
      message: /the delivery stream audit does not exist in eu-west-1: create it/,
    });
  });

  it('keeps to the limits of a call, in the base64 form that travels', () => {
    const { limits } = new FirehoseSink(streamOf(async () => []));
    assert.ok(limits.maxRecords <= 500);
    assert.ok(limits.maxRecordBytes <= 1_024_000);
    assert.ok((limits.maxBytes * 4) / 3 <= 4 * 1024 * 1024);
  });
});
