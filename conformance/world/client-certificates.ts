import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;

/** A certificate for TLS clients and its key, both PEM. */
export interface ClientCertificate {
  cert: string;
  key: string;
}

/** A CA of the suite's for the clients of a master, in a folder of its own. */
export class ClientAuthority implements AsyncDisposable {
  /** Where its certificate lies. */
  readonly caFile: string;
  readonly #dir: string;
  readonly #keys: CryptoKeyPair;
  readonly #certificate: x509.X509Certificate;

  private constructor(dir: string, keys: CryptoKeyPair, certificate: x509.X509Certificate) {
    this.#dir = dir;
    this.#keys = keys;
    this.#certificate = certificate;
    this.caFile = join(dir, 'clients.crt');
  }

  static async start(): Promise<ClientAuthority> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      // The same for every one: only the signature tells a certificate of another CA.
      name: 'CN=clients',
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - HOUR_MS),
      notAfter: new Date(Date.now() + HOUR_MS),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    const dir = await mkdtemp(join(tmpdir(), 'daas-clients-'));
    const authority = new ClientAuthority(dir, keys, certificate);
    await writeFile(authority.caFile, certificate.toString('pem'));
    return authority;
  }

  /** A certificate for a wallet: its address is the one URI (`sui:0x…`) among the subject's names. */
  async certify(wallet: string, validity: { endedMs?: number } = {}): Promise<ClientCertificate> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const serial = randomBytes(16);
    serial[0] = 0x41;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial.toString('hex'),
      subject: 'CN=client',
      issuer: this.#certificate.subject,
      notBefore: new Date(Date.now() - HOUR_MS),
      notAfter: new Date(Date.now() + (validity.endedMs === undefined ? HOUR_MS : -validity.endedMs)),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: `sui:${wallet}` }]),
      ],
    });
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
    return { key, cert: certificate.toString('pem') };
  }

  /** The same as files. */
  async files(wallet: string): Promise<{ cert: string; key: string }> {
    const { cert, key } = await this.certify(wallet);
    return { cert: await this.keep(`${wallet}.crt`, cert), key: await this.keep(`${wallet}.key`, key) };
  }

  /** Puts a file beside them, which goes with them: its path. */
  async keep(name: string, content: string): Promise<string> {
    const path = join(this.#dir, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}
