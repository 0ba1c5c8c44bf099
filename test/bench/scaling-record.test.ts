import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { promised, type Sample } from '../../bench/scaling/judge.ts';
import { record, resultsPage } from '../../bench/scaling/record.ts';
import { autoscalers } from '../../simulator/autoscalers/autoscalers.ts';
import { outcomeOf } from '../../simulator/outcome.ts';
import { simulate } from '../../simulator/simulation.ts';
import { suite } from '../../simulator/suite/suite.ts';
import { generateTraffic } from '../../simulator/traffic.ts';

const page = await readFile(resultsPage, 'utf8');
const other = (name: string) => readFile(new URL(name, resultsPage), 'utf8');

/** One scenario in which everybody did as well as KEDA, but Courier at a part of the cost. */
function sampleAt(costShare: number): Sample {
  const [scenario = assert.fail('no scenario')] = suite;
  const traffic = generateTraffic({ ...scenario, durationSeconds: 60 }, 1);
  const run = simulate({ ...scenario, durationSeconds: 60 }, traffic, 1, autoscalers.keda(scenario, 1));
  const same = { ...outcomeOf(run), replicaSeconds: 9_999 };
  const courier = { ...same, replicaSeconds: costShare * 10_000 - 1 };
  return { scenario, outcomes: { courier: [courier], keda: [same], aws: [same], static: [same] } };
}

describe('what the bench of the scaling engine has measured', () => {
  it('is written into its page, and all else of the page stays', () => {
    const recorded = record(page, [sampleAt(0.25)]);
    assert.match(recorded, /^\| Courier \| 0\.25 \/ 1\.00 \| 1\.00 \/ 1\.00 \| 0\.25 \/ 1\.00 \|$/m);
    assert.equal(record(recorded, [sampleAt(0.25)]), recorded);
    const outside = (text: string) => text.replace(/<!-- Written.*So far\. -->/s, '');
    assert.equal(outside(recorded), outside(page));
    assert.throws(() => record('# A page', []), /nothing between <!-- Written by/);
  });

  it('keeps what is promised, which the page of the engine says', async () => {
    const [, cost, wait] = /^\| Courier .* \| ([\d.]+) \/ ([\d.]+) \|$/m.exec(page) ?? assert.fail('no row of Courier');
    const [, refused] = /refuse Courier ([\d.]+) x/.exec(page) ?? assert.fail('no refused requests');
    assert.ok(Number(cost) <= promised.cost && Number(wait) <= promised.wait && Number(refused) <= promised.refused);
    const says = (await other('scaling.md')).replaceAll(/\s+/g, ' ');
    const [costSaid, waitSaid, refusedSaid] = Object.values(promised).map((share) => `${share.toFixed(2)} x`);
    assert.ok(says.includes(`at most ${costSaid} of the replica-seconds and ${waitSaid} of the p99 wait`));
    assert.ok(says.includes(`${refusedSaid} of the requests that sick recipients refuse`));
    assert.ok(says.includes(`over the ${suite.length} scenarios`));
  });

  it('is what other pages quote', async () => {
    const [, cost, wait] = /^\| Courier .* \| ([\d.]+) \/ ([\d.]+) \|$/m.exec(page) ?? assert.fail('no row of Courier');
    const quoted = (await other('faq.md')).replaceAll(/\s+/g, ' ');
    assert.ok(quoted.includes(`it needed ${cost} times the pod-seconds`), `faq.md: ${cost}`);
    assert.ok(quoted.includes(`and ${wait} times their p99 wait`), `faq.md: ${wait}`);
  });
});
