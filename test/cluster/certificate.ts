import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import {
  bitString,
  boolean,
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utcTime,
  utf8String,
} from './der.ts';

/** A certificate or public key with its private key, as PEM texts. */
export type KeyPair = { readonly certificate: string; readonly privateKey: string };

const dayMs = 24 * 3600_000;

/**
 * A certificate that a server presents and that its clients trust as their authority: it has signed itself. ECDSA over
 * P-256, valid from yesterday for a year.
 * @param names the DNS names and IPv4 addresses under which the server is reached.
 */
export function selfSignedCertificate(commonName: string, names: readonly string[], now = Date.now()): KeyPair {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectIdentifier(oid.ecdsaWithSha256));
  const subject = sequence(set(sequence(objectIdentifier(oid.commonName), utf8String(commonName))));
  const content = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    algorithm,
    subject,
    sequence(utcTime(new Date(now - dayMs)), utcTime(new Date(now + 365 * dayMs))),
    subject,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, extensions(names)),
  );
  const certificate = sequence(content, algorithm, bitString(sign('sha256', content, keys.privateKey)));
  return { certificate: pem('CERTIFICATE', certificate), privateKey: privatePem(keys.privateKey) };
}

/** The key that signs the tokens of service accounts. */
export function signingKey(): { readonly publicKey: string; readonly privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privatePem(privateKey),
  };
}

/** Object identifiers of RFC 5280 and RFC 5758. */
const oid = {
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
};

function extensions(names: readonly string[]): Buffer {
  // digitalSignature and keyCertSign: bits 0 and 5.
  const usage = bitString(Buffer.from([0b10000100]), 2);
  return sequence(
    extension(oid.basicConstraints, sequence(boolean(true)), true),
    extension(oid.keyUsage, usage, true),
    extension(oid.extendedKeyUsage, sequence(objectIdentifier(oid.serverAuth))),
    extension(oid.subjectAlternativeName, sequence(...names.map(generalName))),
  );
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function generalName(name: string): Buffer {
  if (isIPv4(name)) return element(0x87, Buffer.from(name.split('.').map(Number)));
  return element(0x82, Buffer.from(name));
}

/** Sixteen random bytes, the first of them neither negative nor zero. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
