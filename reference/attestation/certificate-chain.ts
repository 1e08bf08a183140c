import { X509Certificate, type KeyObject } from 'node:crypto';
import { KeyUsage } from '../x509/extensions.ts';
import { signatureAlgorithm } from '../x509/issue.ts';
import { readDetails } from '../x509/read.ts';

const ES384 = signatureAlgorithm('sha384');

export type ChainFault =
  'MalformedCertificate' | 'WrongRoot' | 'BrokenChain' | 'CertificateExpired' | 'CertificateUnfit';

export type ChainResult =
  { ok: true; leaf: X509Certificate } | { ok: false; fault: ChainFault; error: string };

interface Link {
  certificate: X509Certificate;
  key: KeyObject;
  isAuthority: boolean;
  /** How many authorities may follow; Infinity when it does not say. */
  pathLength: number;
  usages: number;
  /** Whether its signature is ECDSA over SHA-384. */
  signedAsWanted: boolean;
}

/**
 * Verifies root → intermediates → leaf against the pinned root. `bundle` runs from the root downwards.
 * Everything is verified from the pinned root's side; what the bundle itself claims to be is not believed.
 */
export function verifyChain(
  leaf: Uint8Array,
  bundle: readonly Uint8Array[],
  pinnedRoot: X509Certificate,
  nowMs: number,
): ChainResult {
  if (!bundle[0] || !pinnedRoot.raw.equals(bundle[0]))
    return bad('WrongRoot', 'the root is not the pinned one');
  const links: Link[] = [];
  for (const der of [...bundle, leaf]) {
    const link = parseLink(der);
    if (!link) return bad('MalformedCertificate', `certificate ${links.length} cannot be read`);
    links.push(link);
  }
  for (const [depth, link] of links.entries()) {
    const fault = checkLink(link, links[Math.max(0, depth - 1)] ?? link, nowMs);
    if (fault) return { ...fault, error: `certificate ${depth}: ${fault.error}` };
  }
  for (const [depth, link] of links.entries()) {
    const below = links.length - 2 - depth;
    const fault = below < 0 ? checkLeaf(link) : checkAuthority(link, below);
    if (fault) return { ...fault, error: `certificate ${depth}: ${fault.error}` };
  }
  const last = links.at(-1);
  return last ? { ok: true, leaf: last.certificate } : bad('BrokenChain', 'no certificate');
}

type Bad = Extract<ChainResult, { ok: false }>;

function bad(fault: ChainFault, error: string): Bad {
  return { ok: false, fault, error };
}

function parseLink(der: Uint8Array): Link | undefined {
  try {
    const certificate = new X509Certificate(der);
    // OpenSSL stops at the end of the certificate and does not mind what follows.
    if (certificate.raw.length !== der.length) return undefined;
    const { isAuthority, pathLength, usages, signatureAlgorithm: algorithm } = readDetails(certificate);
    return {
      certificate,
      // Read here, since OpenSSL decodes the key only when it is asked for, and throws then.
      key: certificate.publicKey,
      isAuthority,
      pathLength,
      usages,
      signedAsWanted: ES384.equals(algorithm),
    };
  } catch {
    return undefined;
  }
}

function checkLink(link: Link, issuer: Link, nowMs: number): Bad | undefined {
  const { certificate, key } = link;
  if (certificate.issuer !== issuer.certificate.subject) return bad('BrokenChain', 'issued by somebody else');
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'secp384r1') {
    return bad('CertificateUnfit', 'the key is not on P-384');
  }
  if (!link.signedAsWanted) return bad('CertificateUnfit', 'not signed with ECDSA and SHA-384');
  if (!certificate.verify(issuer.key)) return bad('BrokenChain', 'the signature does not verify');
  if (nowMs < certificate.validFromDate.getTime()) return bad('CertificateExpired', 'not valid yet');
  if (nowMs > certificate.validToDate.getTime()) return bad('CertificateExpired', 'expired');
  return undefined;
}

function checkAuthority(link: Link, authoritiesBelow: number): Bad | undefined {
  if (!link.isAuthority) return bad('CertificateUnfit', 'issues certificates without being an authority');
  if ((link.usages & KeyUsage.keyCertSign) === 0) return bad('CertificateUnfit', 'may not sign certificates');
  if (authoritiesBelow > link.pathLength) return bad('CertificateUnfit', 'the path below it is too long');
  return undefined;
}

function checkLeaf(link: Link): Bad | undefined {
  if (link.isAuthority) return bad('CertificateUnfit', 'the leaf is an authority');
  if ((link.usages & KeyUsage.digitalSignature) === 0)
    return bad('CertificateUnfit', 'the leaf may not sign');
  return undefined;
}
