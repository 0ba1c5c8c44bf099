import { createHash, hash } from 'node:crypto';
import type { MessageAttribute } from '../ports.ts';

/** The MD5 digest of a message's body in UTF-8, in lower-case hexadecimal. */
export function md5OfBody(body: string): string {
  return hash('md5', body);
}

/**
 * The MD5 digest of message attributes, or undefined where there are none. For each attribute by name: the lengths
 * (four bytes, big-endian) and bytes of name, data type and value, with a byte before the value that says text (1) or
 * binary (2). Source: "Calculating the MD5 message digest for message attributes", Amazon SQS Developer Guide.
 */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const digest = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    add(Buffer.from(name));
    add(Buffer.from(attribute.dataType));
    const binary = attribute.binaryValue !== undefined;
    digest.update(Buffer.of(binary ? 2 : 1));
    add(binary ? Buffer.from(attribute.binaryValue, 'base64') : Buffer.from(attribute.stringValue ?? ''));
  }
  return digest.digest('hex');
}
