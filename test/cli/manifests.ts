/** A manifest for tests: every part can be replaced by a line of YAML. */
export function manifest(
  parts: Partial<Record<'queue' | 'recipient' | 'audit' | 'scaling' | 'extra', string>> = {},
): string {
  const {
    queue = '{ url: "https://sqs.us-east-1.amazonaws.com/000000000000/orders", waitTimeSeconds: 1 }',
    recipient = '{ url: "http://127.0.0.1:9/" }',
    audit = '{ none: {} }',
    scaling = '{ maxReplicas: 2, idleAfterSeconds: 1 }',
    extra = '',
  } = parts;
  return `apiVersion: courier.dev/v1alpha1
kind: Courier
metadata: { name: orders, namespace: shop }
spec:
  queue: ${queue}
  recipient: ${recipient}
  audit: ${audit}
  scaling: ${scaling}
${extra}`;
}
