import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mayMount } from '../../support/small-volume.ts';
import { playFullDisk } from './full-disk.ts';
import { type EndToEndServer, stageTest } from './stage.ts';
import { playStorm, type StormPlan } from './storm.ts';

/** Registers a test of two workers that are killed or halted. */
export function stormTest(server: () => EndToEndServer, plan: StormPlan): void {
  const { groups, audit, faults, seed } = plan;
  const kills = faults.filter((fault) => fault === 'Kill').length;
  const halts = faults.length - kills;
  const [queue, name] = groups > 0 ? ['FIFO', 'storm.fifo'] : ['standard', 'storm'];
  const sentence = `holds the guarantee on a ${queue} queue with ${audit === 'File' ? 'files' : 'Firehose'} through ${kills} kills and ${halts} halts (seed ${seed})`;
  stageTest(server, sentence, unique(name, plan), async (stage) => {
    const evidence = await playStorm(stage, server(), plan);
    if (faults.length === 0) assert.equal(evidence.duplicates, 0);
  });
}

/** Registers a test of a worker whose disk is full. */
export function fullDiskTest(server: () => EndToEndServer, groups: number, messages: number): void {
  const [queue, name] = groups > 0 ? ['FIFO', 'full-disk.fifo'] : ['standard', 'full-disk'];
  const sentence = `holds the guarantee on a ${queue} queue with a disk that fills up again and again, through a kill meanwhile`;
  if (mayMount()) stageTest(server, sentence, name, (stage) => playFullDisk(stage, server(), groups, messages));
  else it.skip(`${sentence}: this user may not mount a small volume`);
}

/** Queues of one server have names of their own. */
function unique(name: string, { seed, audit, faults }: StormPlan): string {
  return name.replace(/^storm/, `storm-${audit}-${faults.join('')}-${seed}`);
}
