import type { MessageAttribute } from '../../aws/ports.ts';

/** Names that can be part of a header's name as they are, and that no other name can equal but for case. */
const plain = /^[a-z0-9_.-]+$/;
/** What cannot be in the name of a header (RFC 9110, section 5.6.2, tokens), and `%`, which would be ambiguous. */
const unsafe = /[^A-Za-z0-9!#$&'*+.^_`|~-]/gu;

/**
 * The part of a header's name that stands for an attribute. HTTP ignores case, so where a message has attributes whose names
 * differ only in that, capitals are percent-encoded as unsafe characters are: `Tenant` becomes `%54enant` beside `tenant`,
 * and each keeps a header of its own.
 */
export function attributeHeaderName(name: string, attributes: Readonly<Record<string, MessageAttribute>>): string {
  if (plain.test(name)) return name;
  const safe = name.replace(unsafe, encoded);
  return hasTwin(name, attributes)
    ? safe.replace(/%[0-9A-F]{2}|[A-Z]/g, (part) => (part.length > 1 ? part : encoded(part)))
    : safe;
}

function hasTwin(name: string, attributes: Readonly<Record<string, MessageAttribute>>): boolean {
  const folded = name.toLowerCase();
  for (const other in attributes) if (other !== name && other.toLowerCase() === folded) return true;
  return false;
}

function encoded(character: string): string {
  let bytes = '';
  for (const byte of Buffer.from(character)) bytes += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return bytes;
}
