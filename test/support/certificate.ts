import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key and a certificate, in PEM. */
export type Certificate = { readonly key: string; readonly cert: string };

/**
 * Makes a certificate that nobody but itself has signed: the shortest X.509 that TLS takes (RFC 5280).
 *
 * @param dnsName whom it is for; 127.0.0.1 when undefined.
 */
export function selfSignedCertificate(dnsName?: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tbs = tbsCertificate(publicKey, dnsName);
  const signature = bitString(sign('sha256', tbs, privateKey));
  const cert = sequence(tbs, ecdsaWithSha256, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${cert.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function tbsCertificate(publicKey: KeyObject, dnsName: string | undefined): Buffer {
  const version3 = der(0xa0, der(0x02, Buffer.from([2])));
  const serialNumber = der(0x02, Buffer.from([1]));
  const commonName = sequence(objectIdentifier('550403'), der(0x0c, Buffer.from(dnsName ?? 'courier test')));
  const name = sequence(der(0x31, commonName));
  const validity = sequence(utcTime('20200101000000Z'), utcTime('20490101000000Z'));
  const whom = dnsName === undefined ? der(0x87, Buffer.from([127, 0, 0, 1])) : der(0x82, Buffer.from(dnsName));
  const subjectAltName = sequence(objectIdentifier('551d11'), der(0x04, sequence(whom)));
  const extensions = der(0xa3, sequence(subjectAltName));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return sequence(version3, serialNumber, ecdsaWithSha256, name, validity, name, spki, extensions);
}

/** One value in DER (X.690): its tag, its length, its contents. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const length =
    body.length < 0x80 ? Buffer.from([body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

function sequence(...members: Buffer[]): Buffer {
  return der(0x30, ...members);
}

function bitString(bits: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), bits);
}

function objectIdentifier(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** `time` is `YYYYMMDDhhmmssZ`; UTCTime leaves out the century. */
function utcTime(time: string): Buffer {
  return der(0x17, Buffer.from(time.slice(2)));
}

const ecdsaWithSha256 = sequence(objectIdentifier('2a8648ce3d040302'));
