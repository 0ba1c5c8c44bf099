import { readFile } from 'node:fs/promises';

/** A request that the API server answered, as it wrote it down. */
export type AuditEvent = {
  readonly auditID: string;
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`. */
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
    readonly apiVersion?: string;
  };
  readonly responseStatus?: { readonly code: number; readonly reason?: string };
  readonly requestReceivedTimestamp: string;
};

/**
 * Reads an audit log; a line that is being written is left for the next time.
 * @param including what a line must contain to be looked at: a log grows to hundreds of megabytes.
 */
export async function readAuditLog(path: string, including = ''): Promise<readonly AuditEvent[]> {
  const text = await readFile(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '' && line.includes(including))
    .map((line): AuditEvent => JSON.parse(line));
}
