/** A certificate of a test's own, for one address. */
import { generate } from 'selfsigned';

/** Both in PEM. Whoever trusts the certificate trusts the server that has the key. */
export interface CertificateAndKey {
  certificate: string;
  key: string;
}

const DAY_MS = 86_400_000;

export async function certificateFor(address: string): Promise<CertificateAndKey> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: address }], {
    keyType: 'ec',
    notAfterDate: new Date(Date.now() + 30 * DAY_MS),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: address }] }],
  });
  return { certificate: cert, key };
}
