import 'reflect-metadata';
import { createHash, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { AttestationFault } from './fault.ts';

/** The root that a chain must begin with: the certificate itself (PEM), or the SHA-256 of its DER in hex. */
export type PinnedRoot = { pem: string } | { sha256: string };

/** SHA-256 of the root certificate of AWS Nitro Enclaves, as Amazon publishes it. */
export const AWS_NITRO_ROOT = '641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b';

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const UNDERSTOOD: ReadonlySet<string> = new Set([BASIC_CONSTRAINTS, KEY_USAGE]);

interface Link {
  certificate: X509Certificate;
  name: string;
  parsed: x509.X509Certificate;
}

/**
 * Verifies root → intermediates → leaf and answers the leaf. `bundle` runs from the root downwards, DER.
 * Throws an AttestationFault that names the certificate and what is wrong with it.
 */
export function verifyChain(
  leaf: Uint8Array,
  bundle: readonly Uint8Array[],
  root: PinnedRoot,
  nowMs: number,
): X509Certificate {
  const [first] = bundle;
  if (!first || sha256(first) !== fingerprintOf(root)) {
    throw new AttestationFault('WrongRoot', 'the bundle does not begin with the pinned root');
  }
  const links = [...bundle, leaf].map(linkOf);
  links.forEach((link, index) => {
    requireIssued(link, links[index - 1] ?? link);
    requireValid(link, nowMs);
    const authoritiesBelow = links.length - 2 - index;
    requireFit(link, authoritiesBelow);
  });
  const last = links.at(-1);
  if (!last) throw new AttestationFault('BrokenChain', 'there is no certificate');
  return last.certificate;
}

/** SHA-256 of the pinned certificate's DER, hex. */
function fingerprintOf(root: PinnedRoot): string {
  return 'sha256' in root ? root.sha256 : sha256(new X509Certificate(root.pem).raw);
}

function linkOf(der: Uint8Array, index: number): Link {
  const name = `certificate ${index}`;
  try {
    const certificate = new X509Certificate(der);
    // OpenSSL reads up to the certificate's end and does not mind what follows.
    if (certificate.raw.length !== der.length) throw new Error('there are bytes behind it');
    // OpenSSL decodes the key only when it is asked for.
    void certificate.publicKey;
    return { certificate, name, parsed: new x509.X509Certificate(Uint8Array.from(der)) };
  } catch (cause) {
    throw new AttestationFault('MalformedCertificate', `${name} cannot be read`, { cause });
  }
}

function requireIssued({ certificate, name, parsed }: Link, issuer: Link): void {
  const broken = (why: string): AttestationFault => new AttestationFault('BrokenChain', `${name} ${why}`);
  if (certificate.issuer !== issuer.certificate.subject) throw broken('names another issuer');
  const { name: algorithm, hash } = parsed.signatureAlgorithm;
  if (algorithm !== 'ECDSA' || hash.name !== 'SHA-384') {
    throw new AttestationFault('CertificateUnfit', `${name} is not signed by ECDSA with SHA-384`);
  }
  if (!certificate.verify(issuer.certificate.publicKey)) throw broken('was not signed by the one before it');
}

function requireValid({ certificate, name }: Link, nowMs: number): void {
  if (nowMs < certificate.validFromDate.getTime()) {
    throw new AttestationFault('CertificateNotYetValid', `${name} is valid from ${certificate.validFrom}`);
  }
  if (nowMs > certificate.validToDate.getTime()) {
    throw new AttestationFault('CertificateExpired', `${name} was valid to ${certificate.validTo}`);
  }
}

/** What a certificate may be used for; `authoritiesBelow` is -1 for the leaf. */
function requireFit({ certificate, name, parsed }: Link, authoritiesBelow: number): void {
  const unfit = (why: string): AttestationFault => new AttestationFault('CertificateUnfit', `${name} ${why}`);
  if (certificate.publicKey.asymmetricKeyDetails?.namedCurve !== 'secp384r1') throw unfit('has no P-384 key');
  for (const { type, critical } of parsed.extensions) {
    if (critical && !UNDERSTOOD.has(type))
      throw unfit(`has a critical extension ${type} that is not understood`);
  }
  const constraints = parsed.getExtension(x509.BasicConstraintsExtension);
  const usages = parsed.getExtension(x509.KeyUsagesExtension)?.usages ?? 0;
  if (authoritiesBelow < 0) {
    if (constraints?.ca) throw unfit('is the leaf, but an authority');
    if ((usages & x509.KeyUsageFlags.digitalSignature) === 0) throw unfit('may not sign documents');
    return;
  }
  if (!constraints?.ca) throw unfit('issued another without being an authority');
  if ((usages & x509.KeyUsageFlags.keyCertSign) === 0) throw unfit('may not sign certificates');
  if (authoritiesBelow > (constraints.pathLength ?? Infinity))
    throw unfit('allows no path that long below it');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
