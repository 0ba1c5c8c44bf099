/** What `harness send` is asked to send. */
export type SendPlan = {
  readonly count: number;
  /** Messages per second, fractions allowed; undefined: as fast as the queue takes them. */
  readonly ratePerSecond?: number | undefined;
  /** Bytes of a body; one that cannot be so small is as small as it can be. */
  readonly sizeBytes: number;
  /** Message groups, taken in turn; 0: none. */
  readonly groups: number;
  /** Sent with every message, as String attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** In every body, so that runs can be told apart. */
  readonly runId: string;
};

/** One message to be sent. */
export type TestMessage = {
  /** 0, 1, ... within the run. */
  readonly sequence: number;
  readonly body: string;
  readonly groupId: string | undefined;
};

/** Makes message `sequence` of a run: JSON with `sequence`, `run`, `sentTime` and as much `padding` as its size asks for. */
export function makeTestMessage(plan: SendPlan, sequence: number, sentTime: number): TestMessage {
  const facts = { sequence, run: plan.runId, sentTime: new Date(sentTime).toISOString() };
  const bare = JSON.stringify({ ...facts, padding: '' });
  const padding = 'x'.repeat(Math.max(0, plan.sizeBytes - bare.length));
  return {
    sequence,
    body: padding === '' ? JSON.stringify(facts) : JSON.stringify({ ...facts, padding }),
    groupId: plan.groups === 0 ? undefined : `group-${sequence % plan.groups}`,
  };
}

/** SQS's limit for a message and for a whole batch, body and attributes. */
const maxBatchBytes = 1_048_576;
/** What a body cannot be smaller than, with room for a long run id. */
const envelopeBytes = 120;

/** How many messages of a plan fit one call: ten, unless they are large. */
export function messagesPerCall(plan: SendPlan): number {
  const attributeBytes = Object.entries(plan.attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + 'String'.length + Buffer.byteLength(value),
    0,
  );
  const bytes = Math.max(envelopeBytes, plan.sizeBytes) + attributeBytes;
  return Math.max(1, Math.min(10, Math.floor(maxBatchBytes / bytes)));
}
