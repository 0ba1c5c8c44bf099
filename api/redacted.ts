/**
 * `text` with each of these secrets left out. What another server says ends up in logs and statuses, and a server may say
 * what it was sent.
 */
export function redacted(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets.reduce<string>(
    (left, secret) => (secret === undefined || secret === '' ? left : left.replaceAll(secret, '[redacted]')),
    text,
  );
}
