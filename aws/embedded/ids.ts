import type { Random } from '../../api/random.ts';

const bytes = Buffer.alloc(16);

/** A random UUID (RFC 9562, version 4) from 122 bits of `random`. */
export function uuid(random: Random): string {
  for (let offset = 0; offset < 16; offset += 4) bytes.writeUInt32BE(Math.floor(random() * 2 ** 32), offset);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The nth sequence number of a queue: 20 digits that grow, as those of SQS. */
export function sequenceNumber(n: number): string {
  return `188${String(n).padStart(17, '0')}`;
}
