/** Writers of the few ASN.1 types that an X.509 certificate is made of, in the distinguished encoding (ITU-T X.690). */

/** Tag, length, content. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
}

/** Below 128 the length itself, else the number of its bytes and the bytes. */
function length(bytes: number): number[] {
  if (bytes < 0x80) return [bytes];
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [0x80 | digits.length, ...digits];
}

/** The elements in their order. */
export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return element(0x30, ...contents);
}

/** The elements, which the caller has sorted as the encoding demands. */
export function set(...contents: readonly Uint8Array[]): Buffer {
  return element(0x31, ...contents);
}

/** A non-negative integer, as big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const negative = (bytes[0] ?? 0) & 0x80;
  return element(0x02, Buffer.from(negative ? [0] : []), bytes);
}

/** All ones for true, as the distinguished encoding has it. */
export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

/** @param unused how many of the last byte's low bits do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return element(0x03, Buffer.from([unused]), bytes);
}

/** Bytes as they are. */
export function octetString(bytes: Uint8Array): Buffer {
  return element(0x04, bytes);
}

/** A text of any characters. */
export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

/** A time, to the second; one after 2049 would need another type. */
export function utcTime(time: Date): Buffer {
  return element(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}

/** @param dotted such as `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

/** Seven bits a byte, the high bit set on all but the last. */
function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128));
  return digits;
}
