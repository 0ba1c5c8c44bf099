import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Auditor } from '../../../worker/audit/auditor.ts';
import type { AuditSink, SinkLimits, SinkOutcome } from '../../../worker/audit/sink.ts';
import { newCounters } from '../../../worker/counters.ts';
import type { Message } from '../../../worker/message.ts';
import { checkProperty } from '../../support/properties.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';
import { recordingLog } from '../../support/worker-log.ts';
import { message } from '../support.ts';

const delivery = { status: 200, deliveredTimeMs: 0, durationMs: 1 };

/** What a write comes to: outcomes of its lines, or a reason why none of them is durable. */
type Script = (lines: readonly string[]) => { readonly latencyMs: number; readonly outcome: SinkOutcome | string };

const allDurable = (lines: readonly string[]): SinkOutcome => lines.map(() => undefined);

/** A sink whose writes end as a script says. It knows what is durable, and keeps its caller to its limits. */
class FakeSink implements AuditSink {
  readonly limits: SinkLimits;
  readonly writes: { readonly atMs: number; readonly lines: readonly string[] }[] = [];
  readonly durable = new Set<string>();
  script: Script = (lines) => ({ latencyMs: 1, outcome: allDurable(lines) });
  open = 0;
  closed = false;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, limits: Partial<SinkLimits>) {
    this.#clock = clock;
    this.limits = { maxRecords: 10, maxBytes: 1000, maxRecordBytes: 1000, maxParallel: 1, lingerMs: 5, ...limits };
  }

  async write(lines: readonly string[]): Promise<SinkOutcome> {
    assert.ok(++this.open <= this.limits.maxParallel, 'more writes at once than the sink takes');
    assert.ok(lines.length >= 1 && lines.length <= this.limits.maxRecords);
    assert.ok(lines.length === 1 || Buffer.byteLength(lines.join('')) <= this.limits.maxBytes);
    for (const line of lines) assert.ok(!this.durable.has(line), 'a durable record is written again');
    this.writes.push({ atMs: this.#clock.monotonic(), lines });
    const { latencyMs, outcome } = this.script(lines);
    await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, latencyMs));
    this.open--;
    if (typeof outcome === 'string') throw new Error(outcome);
    for (const [index, line] of lines.entries()) if (outcome[index] === undefined) this.durable.add(line);
    return outcome;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** An auditor whose records are the messages' bodies and whose back-offs are as long as they can be. */
function auditorUnderTest(limits: Partial<SinkLimits> = {}) {
  const clock = new VirtualClock();
  const sink = new FakeSink(clock, limits);
  const counters = newCounters();
  const { log, lines: logged } = recordingLog(clock);
  const audited: string[] = [];
  const auditor = new Auditor({
    ...{ sink, counters, clock, log },
    record: (of: Message) => of.body,
    random: () => 0.9999,
    audited: (messages) => {
      for (const { body } of messages) {
        for (const line of body.split(/(?<=\n)/)) assert.ok(sink.durable.has(line), 'reported before it was durable');
        audited.push(body);
      }
    },
  });
  const append = (...bodies: string[]) => {
    for (const body of bodies) auditor.append(message({ body }), delivery);
  };
  const written = () => sink.writes.map(({ lines }) => lines);
  return { clock, sink, counters, logged, audited, auditor, append, written };
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`);
}

describe('the auditor', () => {
  it('writes each line of a record that is larger than the sink takes, and reports it when all are durable', async () => {
    const { clock, sink, append, written, audited, auditor, counters } = auditorUnderTest({
      maxRecordBytes: 4,
      maxRecords: 2,
    });
    sink.script = (lines) => ({
      latencyMs: 1,
      outcome: lines.map((line) => (line === 'cc\n' ? 'refused' : undefined)),
    });
    append('aa\nbb\ncc\n', 'd\n');
    await clock.advance(50);
    assert.deepEqual(written().slice(0, 2), [
      ['aa\n', 'bb\n'],
      ['cc\n', 'd\n'],
    ]);
    assert.deepEqual([audited, auditor.pending, counters.audited], [['d\n'], 1, 1]);
    sink.script = (lines) => ({ latencyMs: 1, outcome: allDurable(lines) });
    await clock.advance(10_000);
    assert.deepEqual([audited, auditor.pending, auditor.pendingBytes], [['d\n', 'aa\nbb\ncc\n'], 0, 0]);
  });

  it('writes what comes within the linger together, in order, and reports it when it is durable', async () => {
    const { clock, append, written, audited, counters } = auditorUnderTest();
    append('a\n');
    await clock.advance(4);
    append('b\n');
    assert.deepEqual(written(), []);
    await clock.advance(1);
    assert.deepEqual(written(), [['a\n', 'b\n']]);
    assert.deepEqual(audited, []);
    await clock.advance(1);
    assert.deepEqual(audited, ['a\n', 'b\n']);
    assert.equal(counters.audited, 2);
  });

  it('writes at once what fills a write by its records', () => {
    const { append, written } = auditorUnderTest();
    append(...numbered(1, 10));
    assert.deepEqual(written(), [numbered(1, 10)]);
  });

  it('writes at once what fills a write by its bytes of UTF-8, and leaves out what does not fit', async () => {
    const { clock, append, written } = auditorUnderTest({ maxBytes: 30 });
    append('ä'.repeat(10), 'b'.repeat(9), 'c'.repeat(2));
    assert.deepEqual(
      written().map((lines) => lines.map((line) => line[0])),
      [['ä', 'b']],
    );
    await clock.advance(5);
    assert.deepEqual(written()[1], ['cc']);
  });

  it('writes a record alone that is larger than a write should be', async () => {
    const { clock, append, written } = auditorUnderTest({ maxBytes: 30 });
    append('a', 'b'.repeat(100), 'c');
    await clock.advance(20);
    assert.deepEqual(written(), [['a'], ['b'.repeat(100)], ['c']]);
  });

  it('gathers the next write while one is under way, and starts it as soon as that ends', async () => {
    const { clock, sink, append, written } = auditorUnderTest();
    sink.script = (lines) => ({ latencyMs: 20, outcome: allDurable(lines) });
    append('a\n');
    await clock.advance(5);
    append('b\n');
    await clock.advance(10);
    append('c\n');
    await clock.advance(9);
    assert.deepEqual(written(), [['a\n']]);
    await clock.advance(1);
    assert.deepEqual(written(), [['a\n'], ['b\n', 'c\n']]);
  });

  it('lingers for what came just before a write ended', async () => {
    const { clock, sink, append } = auditorUnderTest();
    sink.script = (lines) => ({ latencyMs: 20, outcome: allDurable(lines) });
    append('a\n');
    await clock.advance(23);
    append('b\n');
    await clock.advance(10);
    assert.deepEqual(
      sink.writes.map((write) => write.atMs),
      [5, 28],
    );
  });

  it('has as many writes under way as the sink takes, and no more', async () => {
    const { clock, sink, append } = auditorUnderTest({ maxParallel: 3 });
    sink.script = (lines) => ({ latencyMs: 100, outcome: allDurable(lines) });
    append(...numbered(1, 50));
    assert.deepEqual([sink.writes.length, sink.open], [3, 3]);
    await clock.advance(100);
    assert.deepEqual([sink.writes.length, sink.open], [5, 2]);
  });

  it('closes its sink', async () => {
    const { auditor, sink, append, clock } = auditorUnderTest();
    append('a\n');
    await clock.advance(10);
    await auditor.close();
    assert.deepEqual([sink.closed, clock.pending], [true, 0]);
  });
});

describe('the auditor whose sink refuses', () => {
  it('writes only the refused records again, after a pause, and before those that came later', async () => {
    const { clock, sink, append, written, audited, auditor, counters } = auditorUnderTest();
    sink.script = (lines) => ({
      latencyMs: 1,
      outcome: lines.map((line) => (line === 'b\n' ? 'throttled' : undefined)),
    });
    append('a\n', 'b\n', 'c\n');
    await clock.advance(6);
    assert.deepEqual(audited, ['a\n', 'c\n']);
    assert.equal(auditor.failure, 'throttled');
    sink.script = (lines) => ({ latencyMs: 1, outcome: allDurable(lines) });
    append('d\n');
    await clock.advance(190);
    assert.equal(written().length, 1);
    await clock.advance(11);
    assert.deepEqual(written()[1], ['b\n', 'd\n']);
    assert.deepEqual(audited, ['a\n', 'c\n', 'b\n', 'd\n']);
    assert.equal(auditor.failure, undefined);
    assert.deepEqual([counters.audited, counters.auditFailures], [4, 1]);
  });

  it('asks soon again for as long as some records succeed', async () => {
    const { clock, sink, append } = auditorUnderTest();
    sink.script = (lines) => ({
      latencyMs: 0,
      outcome: lines.map((_, index) => (index === 0 ? undefined : 'throttled')),
    });
    append(...numbered(1, 6));
    await clock.advance(3000);
    const atMs = sink.writes.map((write) => write.atMs);
    assert.equal(atMs.length, 6);
    for (const [index, at] of atMs.slice(1).entries()) assert.ok(at - (atMs[index] ?? 0) <= 201);
  });

  it('for 30 s: backs off to 5 s, loses nothing, writes nothing twice, and goes on by itself', async () => {
    const { clock, sink, append, audited, auditor, logged, counters } = auditorUnderTest();
    sink.script = () => ({ latencyMs: 1, outcome: 'no space is left' });
    for (let n = 0; n < 300; n++) {
      append(`${n}\n`);
      await clock.advance(100);
    }
    assert.deepEqual(audited, []);
    assert.equal(auditor.failure, 'no space is left');
    const pausesMs = sink.writes.slice(1).map(({ atMs }, index) => atMs - (sink.writes[index]?.atMs ?? 0));
    assert.deepEqual(
      pausesMs.map((ms) => Math.round(ms / 100) * 100),
      [200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000],
    );
    sink.script = (lines) => ({ latencyMs: 1, outcome: allDurable(lines) });
    await clock.advance(5100);
    assert.deepEqual(
      audited,
      Array.from({ length: 300 }, (_, n) => `${n}\n`),
    );
    assert.deepEqual([auditor.failure, counters.auditFailures], [undefined, 10]);
    assert.equal(logged.filter((line) => line.message === 'audit records are written again').length, 1);
  });

  it('soon asks again when it fails after it has worked', async () => {
    const { clock, sink, append } = auditorUnderTest();
    sink.script = () => ({ latencyMs: 0, outcome: 'failed' });
    append('a\n');
    await clock.advance(10_000);
    sink.script = (lines) => ({ latencyMs: 0, outcome: allDurable(lines) });
    await clock.advance(5000);
    sink.script = () => ({ latencyMs: 0, outcome: 'failed' });
    append('b\n');
    const writes = sink.writes.length;
    await clock.advance(5 + 200);
    assert.equal(sink.writes.length, writes + 2);
  });

  it('still fills writes by their bytes afterwards', async () => {
    const { clock, sink, append, written } = auditorUnderTest({ maxBytes: 30 });
    sink.script = () => ({ latencyMs: 0, outcome: 'failed' });
    append('x'.repeat(10));
    await clock.advance(5);
    sink.script = (lines) => ({ latencyMs: 0, outcome: allDurable(lines) });
    await clock.advance(1000);
    append('a'.repeat(15), 'b'.repeat(15));
    assert.deepEqual(written().at(-1), ['a'.repeat(15), 'b'.repeat(15)]);
  });

  it('of as much as waits, but not of less, goes on with that', async () => {
    const { clock, sink, append, audited, written } = auditorUnderTest();
    const fits = (most: number): Script => {
      return (lines) => ({ latencyMs: 0, outcome: lines.length > most ? 'no space is left' : allDurable(lines) });
    };
    sink.script = fits(3);
    append(...numbered(1, 10));
    await clock.advance(30_000);
    assert.deepEqual(audited, numbered(1, 10));
    assert.deepEqual(
      written()
        .slice(0, 4)
        .map(({ length }) => length),
      [10, 5, 3, 6],
    );
    sink.script = fits(10);
    append(...numbered(11, 60));
    await clock.advance(1_000);
    assert.equal(written().at(-2)?.length, 10, 'writes are as large again as they may be');
  });

  it('by throwing what is no error is told so too', async () => {
    const { clock, sink, append, auditor, audited } = auditorUnderTest();
    const { write } = sink;
    sink.write = () => Promise.reject('odd');
    append('a\n');
    await clock.advance(10);
    assert.equal(auditor.failure, 'odd');
    sink.write = write;
    await clock.advance(1000);
    assert.deepEqual(audited, ['a\n']);
  });

  it('on the spot does not make it spin', async () => {
    const { clock, sink, append } = auditorUnderTest({ maxParallel: 4 });
    let calls = 0;
    sink.write = () => {
      assert.ok(++calls < 100, 'it spins');
      throw new Error('refused on the spot');
    };
    append(...numbered(1, 25));
    await clock.advance(100);
    assert.ok(calls <= 4, `${calls} writes`);
  });
});

describe('the auditor, whatever its sink does', () => {
  const write = fc.record({
    latencyMs: fc.nat(40),
    kind: fc.constantFrom('Succeeds', 'Succeeds', 'Fails', 'FailsInPart'),
    refused: fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }),
  });
  const append = fc.record({ count: fc.nat(15), bytes: fc.integer({ min: 1, max: 60 }), waitMs: fc.nat(50) });
  const limits = fc.record({
    maxRecords: fc.integer({ min: 1, max: 12 }),
    maxBytes: fc.integer({ min: 1, max: 200 }),
    maxParallel: fc.integer({ min: 1, max: 4 }),
    lingerMs: fc.nat(20),
  });

  it('reports each record exactly once, never before it is durable, and leaves none behind', async () => {
    const property = fc.asyncProperty(
      limits,
      fc.array(append, { maxLength: 15 }),
      fc.array(write, { maxLength: 40 }),
      async (drawnLimits, appends, writes) => {
        const under = auditorUnderTest(drawnLimits);
        let next = 0;
        under.sink.script = (lines) => {
          const { latencyMs, kind, refused } = writes[next++] ?? { latencyMs: 1, kind: 'Succeeds', refused: [] };
          if (kind === 'Fails') return { latencyMs, outcome: 'failed' };
          if (kind === 'Succeeds') return { latencyMs, outcome: allDurable(lines) };
          return {
            latencyMs,
            outcome: lines.map((_, index) => (refused[index % refused.length] ? 'refused' : undefined)),
          };
        };
        const appended: string[] = [];
        for (const { count, bytes, waitMs } of appends) {
          for (let n = 0; n < count; n++) {
            appended.push(`${appended.length}:${'x'.repeat(bytes)}\n`);
            under.append(appended.at(-1) ?? '');
          }
          await under.clock.advance(waitMs);
        }
        await under.clock.advanceUntil(() => under.audited.length >= appended.length, 3600_000);
        await under.clock.advance(60_000);
        await settle();
        assert.deepEqual([...under.audited].sort(), [...appended].sort());
        assert.equal(under.counters.audited, appended.length);
        assert.equal(under.clock.pending, 0, 'nothing is left to do');
        const firsts = new Set(under.written().flat());
        assert.deepEqual([...firsts], appended, 'each record is first written in its turn');
      },
    );
    await checkProperty(property, { numRuns: 100 });
  });
});
