import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { childTraceparent, parentTraceparent, traceContextOf } from '../../../worker/wire/trace-context.ts';
import { message } from '../support.ts';
import { seeded } from '../virtual-worker.ts';

const trace = '5759e988bd862e3fe1be46a994272793';
const span = '53995c3f42cd8ad8';

function contextOf(traceparent: string | undefined, header?: string, tracestate?: string) {
  const text = (stringValue: string) => ({ dataType: 'String', stringValue });
  return traceContextOf(
    message({
      attributes: {
        ...(traceparent === undefined ? {} : { traceparent: text(traceparent) }),
        ...(tracestate === undefined ? {} : { tracestate: text(tracestate) }),
      },
      systemAttributes: header === undefined ? {} : { AWSTraceHeader: header },
    }),
  );
}

describe('the trace of a message', () => {
  it('is that of its traceparent attribute, before that of X-Ray', () => {
    const context = contextOf(`00-${trace}-${span}-03`, 'Root=1-00000001-000000000000000000000001', 'a=1,b=2');
    assert.deepEqual(context, { traceId: trace, parentId: span, flags: '03', state: 'a=1,b=2' });
    assert.equal(context && parentTraceparent(context), `00-${trace}-${span}-03`);
  });

  const malformed: [sentence: string, traceparent: string][] = [
    ['is of the forbidden version', `ff-${trace}-${span}-01`],
    ['is in upper case', `00-${trace.toUpperCase()}-${span}-01`],
    ['has an id of zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['has a span of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['goes on after its end', `00-${trace}-${span}-01-more`],
    ['is empty', ''],
  ];
  for (const [sentence, traceparent] of malformed) {
    it(`is X-Ray's where the traceparent ${sentence}`, () => {
      assert.equal(contextOf(traceparent), undefined);
      const header = `Root=1-${trace.slice(0, 8)}-${trace.slice(8)};Parent=${span};Sampled=1`;
      assert.deepEqual(contextOf(traceparent, header), {
        ...{ traceId: trace, parentId: span, flags: '01', state: undefined },
      });
    });
  }

  it('keeps only the sampled flag of a version that is not known yet', () => {
    assert.equal(contextOf(`cc-${trace}-${span}-09-what-the-future-brings`)?.flags, '01');
  });

  it('leaves out a tracestate that no header carries', () => {
    assert.equal(contextOf(`00-${trace}-${span}-01`, undefined, 'a=1\r\nx: y')?.state, undefined);
  });

  const headers: [header: string, expected: object | undefined][] = [
    [`Root=1-5759e988-bd862e3fe1be46a994272793`, { traceId: trace, parentId: undefined, flags: '00' }],
    [`Self=1-1-1; Root=1-5759E988-BD862E3FE1BE46A994272793; Sampled=?`, { traceId: trace, flags: '00' }],
    [`Sampled=0;Parent=nonsense;Root=1-5759e988-bd862e3fe1be46a994272793`, { parentId: undefined, flags: '00' }],
    ['Root=2-5759e988-bd862e3fe1be46a994272793', undefined],
    ['', undefined],
  ];
  for (const [header, expected] of headers) {
    it(`is read of the AWSTraceHeader ${JSON.stringify(header)}`, () => {
      const context = contextOf(undefined, header);
      if (expected === undefined) assert.equal(context, undefined);
      else assert.deepEqual({ ...context, ...expected }, context);
    });
  }

  it('goes on with a new span for each attempt', () => {
    const context = contextOf(`00-${trace}-${span}-01`);
    assert.ok(context !== undefined);
    const random = seeded(3);
    const spans = Array.from({ length: 100 }, () => childTraceparent(context, random));
    for (const traceparent of spans) assert.match(traceparent, new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    assert.equal(new Set([...spans, span]).size, 101);
    assert.equal(
      childTraceparent(context, () => 0),
      `00-${trace}-0000000000000001-01`,
    );
  });
});
