// Serves a handler that was written for Lambda and SQS as a recipient of batches: recipient.batch with the format JSONArray and
// partialFailures. Only what a record has that does not depend on SQS's own answer is there: no receiptHandle, for Courier deletes.
//
//   import { lambdaRecipient } from './lambda-handler.mjs';
//   import { handler } from './index.mjs';
//   createServer(lambdaRecipient(handler)).listen(8080);

/** Makes a listener for `node:http` that calls `handler` with an SQS event for each batch, and answers with what it returns. */
export function lambdaRecipient(handler) {
  return async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const batch = JSON.parse(Buffer.concat(chunks).toString());
      const queue = request.headers['courier-queue'] ?? '';
      const result = await handler({ Records: batch.map((message) => toRecord(message, queue)) });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? null));
    } catch (error) {
      // Where a function of Lambda throws, the whole batch comes again.
      console.error(error);
      response.writeHead(500).end();
    }
  };
}

/** A record of an SQS event. Binary attributes are not sent, so all attributes are text. */
function toRecord(message, queue) {
  const attributes = Object.entries(message.attributes);
  return {
    messageId: message.messageId,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(Date.parse(message.sentTime)),
      ApproximateFirstReceiveTimestamp: String(Date.parse(message.firstReceivedTime)),
      ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    },
    messageAttributes: Object.fromEntries(
      attributes.map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
    ),
    eventSource: 'aws:sqs',
    awsRegion: /\.([a-z0-9-]+)\.amazonaws\.com/.exec(queue)?.[1],
  };
}
