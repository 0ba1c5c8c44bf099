import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keyOf } from '../../../operator/kube/objects.ts';
import { configMaps } from '../../support/kube/kinds.ts';
import type { FaultAction } from '../../support/kube/memory-server.ts';
import { checkProperty } from '../../support/properties.ts';
import { collection, errorEvent, Reflected, status, watch } from './reflected.ts';

describe('a reflector, whatever happens', () => {
  const breaks: [string, (cluster: Reflected) => void][] = [
    ['a watch that breaks', ({ openWatch }) => openWatch.reset()],
    [
      'a watch that breaks within a line',
      ({ openWatch }) => {
        openWatch.raw('{"type":"MOD');
        openWatch.reset();
      },
    ],
    [
      'a watch that ends within a line',
      ({ openWatch }) => {
        openWatch.raw('{"type":"MOD');
        openWatch.end();
      },
    ],
    ['a watch that ends', ({ openWatch }) => openWatch.end()],
    ['a line that is not JSON', ({ openWatch }) => openWatch.raw('garbage\n')],
    ['a line that cannot be read, in the place of an event', ({ openWatch }) => openWatch.garbleNext()],
    ['an event without an object', ({ openWatch }) => openWatch.raw('{"type":"ADDED"}\n')],
    ['an event of an unknown type', ({ openWatch }) => openWatch.raw('{"type":"NEWS","object":{}}\n')],
    ['an expired version', ({ openWatch }) => openWatch.send(errorEvent(410, 'Expired'))],
    ['a server error in the stream', ({ openWatch }) => openWatch.send(errorEvent(500, 'InternalError'))],
    ['too many requests in the stream', ({ openWatch }) => openWatch.send(errorEvent(429, 'TooManyRequests'))],
  ];
  for (const [what, interrupt] of breaks) {
    it(`loses nothing by ${what}`, async () => {
      const cluster = await new Reflected().start();
      cluster.write('kept', '1');
      cluster.write('gone', '1');
      await cluster.clock.advance(5000);
      interrupt(cluster);
      cluster.write('kept', '2');
      cluster.remove('gone');
      cluster.write('new', '1');
      await cluster.clock.advance(1000);
      cluster.assertInStep();
      assert.deepEqual(cluster.told.slice(2).sort(), ['added new 1', 'deleted gone 1', 'updated kept 2']);
      await cluster.end();
    });
  }

  const answers: [string, FaultAction][] = [
    ['500', status(500)],
    ['503', status(503)],
    ['429', status(429)],
    ['403', status(403)],
    ['404', status(404)],
    ['a broken connection', 'reset'],
    ['a web page', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['half an answer', { status: 200, body: '{"items":[' }],
  ];
  for (const [what, action] of answers) {
    it(`lists until it can, whatever comes: ${what}`, async () => {
      const cluster = new Reflected();
      cluster.write('a', '1');
      cluster.server.fault({ path: collection, action, times: 50 });
      await cluster.start();
      await cluster.clock.advance(30 * 60_000);
      cluster.assertInStep();
      await cluster.end();
    });

    it(`watches again after ${what}`, async () => {
      const cluster = await new Reflected().start();
      cluster.server.fault({ path: watch, action, times: 50 });
      cluster.openWatch.reset();
      cluster.write('a', '1');
      await cluster.clock.advance(30 * 60_000);
      cluster.assertInStep();
      await cluster.end();
    });
  }

  it('is in step with any history of writes, breaks and expiries', async () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), name, value: fc.string() }),
      fc.record({ do: fc.constant('remove' as const), name }),
      fc.record({ do: fc.constantFrom('reset', 'end', 'garbage', 'gone', 'compact', 'deny', 'freeze', 'wait') }),
    );
    await checkProperty(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const cluster = await new Reflected().start();
        const shown = new Set<string>();
        cluster.reflector.subscribe((event) => {
          const key = `${keyOf(event.object)} ${event.object.metadata.uid}`;
          if (event.type === 'added') assert.ok(!shown.has(key) && shown.add(key));
          else if (event.type === 'deleted') assert.ok(shown.delete(key));
          else assert.ok(shown.has(key));
        });
        for (const each of steps) {
          const [open] = cluster.server.watches;
          if (each.do === 'write') cluster.write(each.name, each.value);
          else if (each.do === 'remove') {
            if (
              cluster.server
                .of(configMaps)
                .all()
                .some(({ metadata }) => metadata.name === each.name)
            ) {
              cluster.remove(each.name);
            }
          } else if (each.do === 'reset') open?.reset();
          else if (each.do === 'end') open?.end();
          else if (each.do === 'garbage') open?.raw('garbage\n');
          else if (each.do === 'gone') open?.send(errorEvent(410, 'Expired'));
          else if (each.do === 'compact') cluster.server.compact();
          else if (each.do === 'deny') cluster.server.fault({ action: status(500) });
          else if (each.do === 'freeze') open?.freeze();
          else await cluster.clock.advance(700);
        }
        await cluster.clock.advance(20 * 60_000);
        cluster.assertInStep();
        assert.deepEqual(cluster.log.messages('error'), []);
        await cluster.end();
      }),
      { numRuns: 100 },
    );
  });
});
