import { writeSync } from 'node:fs';
import { systemClock } from '../../../api/clock.ts';
import { FileSink } from '../../../worker/audit/file-sink.ts';
import { line } from './segments.ts';

/**
 * A process that appends records until it is killed or has written what it should, for tests that kill it or its disk:
 * `appender.ts <directory> <first id> <writes> <max. segment bytes> <padding of a record>`. Of every write it says on its
 * standard output `<first id> <last id>` once the sink has acknowledged it, or the sentence why not; then it tries again.
 */
const [directory = '', firstId = '', writes = '', maxSegmentBytes = '', padding = ''] = process.argv.slice(2);
const sink = await FileSink.open({
  ...{ directory, worker: 'w', maxSegmentBytes: Number(maxSegmentBytes), clock: systemClock },
});
let id = Number(firstId);
for (let done = 0; done < Number(writes); ) {
  const count = 1 + (id % 40);
  const lines = Array.from({ length: count }, (_, index) => line(id + index, Number(padding)));
  try {
    await sink.write(lines);
    say(`${id} ${id + count - 1}`);
    id += count;
    done++;
  } catch (error) {
    say(String(error));
  }
}
await sink.close();

/** A pipe keeps what was said before a SIGKILL, if it was written at once. */
function say(text: string): void {
  writeSync(1, `${text}\n`);
}
