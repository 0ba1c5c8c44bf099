import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../api/clock.ts';
import { StallWatch } from '../../worker/stall-watch.ts';

/** A clock whose timers fire late when the process "was halted": time goes on, and nothing runs until `resume`. */
class HaltableClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number) {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
    return { cancel };
  }

  halt(ms: number): void {
    this.#nowMs += ms;
  }

  /** Fires what has fallen due. */
  resume(): void {
    const due = this.#timers.filter((timer) => timer.atMs <= this.#nowMs);
    this.#timers = this.#timers.filter((timer) => timer.atMs > this.#nowMs);
    for (const { callback } of due) callback();
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      this.#nowMs += 100;
      this.resume();
    }
  }
}

describe('the stall watch', () => {
  const started = () => {
    const clock = new HaltableClock();
    const watch = new StallWatch(clock);
    watch.start();
    return { clock, watch };
  };

  it('takes an answer for as old as its reading while the process runs', () => {
    const { clock, watch } = started();
    clock.run(60_000);
    assert.equal(watch.arrivalMs, 60_000);
  });

  it('takes an answer for as old as the halt that went before, until its timers have run and shortly after', () => {
    const { clock, watch } = started();
    clock.run(10_000);
    clock.halt(30_000);
    assert.equal(watch.arrivalMs, 10_000, 'before any timer has run');
    clock.resume();
    assert.equal(watch.arrivalMs, 10_000, 'after the timers have run');
    clock.run(1_000);
    assert.equal(watch.arrivalMs, 41_000, 'a second later');
  });

  it('does not take a second of work for a halt', () => {
    const { clock, watch } = started();
    clock.run(10_000);
    clock.halt(900);
    assert.equal(watch.arrivalMs, 10_900);
  });

  it('schedules nothing once stopped', () => {
    const { clock, watch } = started();
    watch.stop();
    clock.halt(5_000);
    clock.resume();
    assert.equal(watch.arrivalMs, 0);
  });
});
