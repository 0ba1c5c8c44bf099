/** A time as Kubernetes keeps it: RFC 3339, to the second. */
export function wholeSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** A time as Leases keep it: RFC 3339, to the microsecond. */
export function microseconds(time: Date): string {
  return `${time.toISOString().slice(0, 23)}000Z`;
}
