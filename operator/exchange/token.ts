import { createHash, createHmac } from 'node:crypto';

/**
 * The token by which the workers of a Courier know the operator: derived from the operator's key and the Courier's uid,
 * so that no Courier needs a Secret, and who has one Courier's token has no other's.
 */
export function exchangeToken(operatorKey: Uint8Array, courierUid: string): string {
  return createHmac('sha256', operatorKey).update(courierUid).digest('base64url');
}

/** What workers are given of a token: enough to recognise it, useless to show it. Hexadecimal. */
export function tokenSha256(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
