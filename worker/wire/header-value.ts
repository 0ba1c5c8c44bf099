/** Visible ASCII and inner spaces travel as they are; a `%` would be ambiguous, everything else would be refused. */
const unsafe = /[^\x20-\x7e]|%|^ | $/;

/** Encodes what a header value cannot carry as `%XX` of its UTF-8 bytes. */
export function headerSafe(value: string): string {
  return unsafe.test(value) ? percentEncoded(value, '%') : value;
}

/**
 * Encodes the bytes of `value` that are not visible ASCII, the space among them, and the characters of `also`, as `%XX`.
 */
export function percentEncoded(value: string, also: string): string {
  let safe = '';
  for (const byte of Buffer.from(value)) {
    const character = String.fromCharCode(byte);
    const plain = byte > 0x20 && byte < 0x7f && !also.includes(character);
    safe += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return safe;
}

/** @throws Error with a sentence that does not quote `value`. */
export function assertHeaderValue(value: string, source: string, header: string): void {
  if (/^[\t\x20-\x7e]*$/.test(value)) return;
  throw new Error(
    `${source} holds a line break or a character that is not ASCII, which ${header} cannot carry: remove it`,
  );
}
