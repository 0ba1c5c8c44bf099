import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Agenda } from '../../simulator/agenda.ts';
import { Breaker } from '../../simulator/breaker.ts';
import { Counters } from '../../simulator/counters.ts';
import { IntDeque } from '../../simulator/int-deque.ts';
import { OrderLog } from '../../simulator/order-log.ts';
import { roundUp, timeMarks } from '../../simulator/plot/scale.ts';
import { means, peaks } from '../../simulator/plot/series.ts';
import { randomStream } from '../../simulator/random.ts';
import { type QueueModel, usual } from '../../simulator/scenario.ts';

describe('a breaker', () => {
  test('opens at five failures in a row, for longer each time, and closes when its probe succeeds', () => {
    const breaker = new Breaker();
    for (let n = 0; n < 4; n++) assert.equal(breaker.onFailure(0), undefined);
    breaker.onSuccess();
    for (let n = 0; n < 4; n++) assert.equal(breaker.onFailure(0), undefined);
    assert.equal(breaker.onFailure(0), 50);
    breaker.onTime(49);
    assert.equal(breaker.state, 'open');
    for (const [now, until] of [
      [50, 150],
      [150, 350],
      [350, 650],
      [650, 950],
    ] as const) {
      breaker.onTime(now);
      assert.equal(breaker.state, 'probing');
      assert.equal(breaker.onFailure(now), until);
    }
    breaker.onTime(950);
    breaker.onSuccess();
    assert.equal(breaker.state, 'closed');
  });
});

describe('counters', () => {
  const read = (changes: Partial<QueueModel>) => {
    const counters = new Counters({ ...usual.queue, ...changes }, 100, randomStream(1, 'counters'));
    for (let tick = 0; tick < 100; tick++) counters.record(tick, tick * 1000, 0);
    return counters.read(90);
  };

  test('are as old and as wrong as their model says', () => {
    assert.equal(read({ lagSeconds: [2, 2], noise: 0 })?.visible, 69_000);
    const noisy = read({ lagSeconds: [2, 2], noise: 0.03 })?.visible ?? 0;
    assert.ok(noisy !== 69_000 && Math.abs(noisy / 69_000 - 1) < 0.15);
    const glitch = read({ lagSeconds: [2, 2], noise: 0, glitchShare: 1 })?.visible ?? 0;
    assert.ok(glitch < 69_000);
    assert.equal(read({ outages: [{ fromSeconds: 8, toSeconds: 10 }] }), null);
  });
});

describe('small parts', () => {
  test('an agenda gives what is due once, in order', () => {
    const agenda = new Agenda(10);
    agenda.add(3, 7);
    agenda.add(3, 5);
    agenda.add(10, 1);
    assert.deepEqual(agenda.take(3), [7, 5]);
    assert.deepEqual(agenda.take(3), []);
  });

  test('a deque keeps its order at both ends while it grows and wraps', () => {
    const deque = new IntDeque();
    const model: number[] = [];
    const random = randomStream(1, 'deque');
    for (let step = 0; step < 5000; step++) {
      const dice = random();
      if (dice < 0.45) {
        model.push(step);
        deque.push(step);
      } else if (dice < 0.6) {
        model.unshift(step);
        deque.unshift(step);
      } else assert.equal(deque.shift(), model.shift() ?? -1);
      assert.equal(deque.size, model.length);
    }
  });

  test('a log of orders leaves out what changes nothing for a reader', () => {
    const log = new OrderLog();
    const order = (replicas: number, limitedBy: string) => ({ replicas, limitedBy, reason: 'x', why: 'x.' });
    const orders = [
      order(1, 'None'),
      order(1, 'Backlog'),
      order(2, 'Backlog'),
      order(2, 'Recipient'),
      order(2, 'None'),
    ];
    for (const [seconds, one] of orders.entries()) log.add(one, seconds);
    assert.deepEqual(
      log.orders.map(({ seconds }) => seconds),
      [0, 2, 3, 4],
    );
  });

  test('scales and series are what a reader of a plot expects', () => {
    assert.deepEqual([0, 1, 1.5, 3, 7, 12, 100, 4200].map(roundUp), [1, 1, 2, 5, 10, 20, 100, 5000]);
    assert.deepEqual(timeMarks(240), [0, 60, 120, 180, 240]);
    assert.deepEqual(peaks([1, 5, 2, 2], 2), [5, 2]);
    assert.deepEqual(means([1, 5, 2, 2], 2), [3, 2]);
  });
});
