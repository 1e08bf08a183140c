import { verify, X509Certificate } from 'node:crypto';
import type { SignedDocument } from './document.ts';

const ES384 = -35;

/** What is wrong with a certificate chain from a pinned root to the document's certificate; empty when nothing is. */
export function chainFaults(signed: SignedDocument, rootPem: string, nowMs: number): string[] {
  const root = new X509Certificate(rootPem);
  const { cabundle, certificate } = signed.document;
  const chain = [...cabundle, certificate].map((der) => new X509Certificate(der));
  const faults: string[] = [];
  if (!chain[0] || !chain[0].raw.equals(root.raw))
    faults.push('the bundle does not begin with the pinned root');
  chain.forEach((current, index) => {
    const name = `certificate ${index} (${current.subject})`;
    const issuer = chain[index - 1] ?? root;
    if (!current.checkIssued(issuer) || !current.verify(issuer.publicKey)) {
      faults.push(`${name} was not issued by the one before it`);
    }
    if (Date.parse(current.validFrom) > nowMs) faults.push(`${name} is not valid yet`);
    if (Date.parse(current.validTo) < nowMs) faults.push(`${name} has expired`);
    if (current.publicKey.asymmetricKeyDetails?.namedCurve !== 'secp384r1') {
      faults.push(`${name} has no P-384 key`);
    }
    const isLeaf = index === chain.length - 1;
    if (current.ca === isLeaf) faults.push(`${name} is ${isLeaf ? 'a' : 'no'} CA`);
  });
  return faults;
}

/** Whether the document's own certificate made the signature, with ES384. */
export function isSigned(signed: SignedDocument): boolean {
  if (signed.algorithm !== ES384 || signed.signature.length !== 96) return false;
  const key = new X509Certificate(signed.document.certificate).publicKey;
  return verify('sha384', signed.signed, { key, dsaEncoding: 'ieee-p1363' }, signed.signature);
}
