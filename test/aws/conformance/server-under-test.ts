import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

/** A server of SQS, and perhaps of Firehose, and how far it is known to be from AWS. */
export type ServerUnderTest = {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Whether it has Firehose: if not, whoever registers the suite leaves that part out. */
  readonly firehose: boolean;
  /** The ids of the cases in which it does not behave as AWS. Each must really fail. */
  readonly differences: ReadonlySet<string>;
};

/** One sentence about AWS that a server keeps or not. Context is what a case works with. */
export type ConformanceCase<Context> = {
  /** Kebab-case, unique, and stable: lists of differences name it. */
  readonly id: string;
  /** The sentence. */
  readonly title: string;
  readonly run: (context: Context) => Promise<void>;
};

/** How many cases run at once: each has queues of its own and mostly waits. */
const concurrency = 24;

/** Registers cases as tests of a server that is there by the time they run. */
export function registerCases<Context>(
  name: string,
  cases: readonly ConformanceCase<Context>[],
  server: () => ServerUnderTest,
  contextOf: (server: ServerUnderTest, id: string) => Context,
): void {
  describe(name, { concurrency }, () => {
    for (const { id, title, run } of cases) {
      it(`${title} [${id}]`, async () => {
        const under = server();
        const verdict = run(contextOf(under, id));
        if (under.differences.has(id)) await expectDifference(verdict, id, under.name);
        else await verdict;
      });
    }
  });
}

async function expectDifference(verdict: Promise<void>, id: string, serverName: string): Promise<void> {
  const failure = await verdict.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure, `${serverName} now behaves as AWS in ${id}: take it out of the list of differences`);
}
