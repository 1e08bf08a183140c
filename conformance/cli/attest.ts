import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { AWS_NITRO_ROOT, type PinnedRoot } from '../drivers/attestation/chain.ts';
import type { AttestationDocument } from '../drivers/attestation/document.ts';
import { AttestationFault } from '../drivers/attestation/fault.ts';
import { verifyAttestation, type AttestationPolicy } from '../drivers/attestation/verify.ts';
import { UsageError } from '../errors.ts';
import { binaryOf, documentIn } from './attestation-input.ts';

interface VerifyOptions {
  pcr0: string;
  pcr1: string;
  pcr2: string;
  root: string;
  nonce?: string;
  publicKey?: string;
  time?: string;
  maxAge: string;
  skew: string;
  json?: boolean;
}

const PCR_BYTES = 48;
const KEY_BYTES = 32;
const AWS = 'aws-nitro';
/** Documents hold at most 20 kB; text spells a byte in two characters at most, and JSON adds little. */
const MAX_FILE = 64 * 1024;

export function attestCommand(): Command {
  return new Command('attest').description('judge attestation documents').addCommand(verifyCommand());
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('verify a Nitro attestation document against a policy; exit code 1 when it does not hold')
    .argument(
      '<file>',
      'the document: binary, hex, base64, or the JSON that a master answers; - is standard input',
    )
    .requiredOption('--pcr0 <hex>', 'expected PCR0, 48 bytes')
    .requiredOption('--pcr1 <hex>', 'expected PCR1')
    .requiredOption('--pcr2 <hex>', 'expected PCR2')
    .option('--root <pem|fingerprint>', `PEM file of the root, or SHA-256 of its DER in hex, or ${AWS}`, AWS)
    .option('--nonce <hex|base64url>', 'the nonce you asked with; without it a document may be replayed')
    .option('--public-key <hex|base64url>', 'the registered Ed25519 key, 32 bytes')
    .option('--time <time>', 'judge at this time (Unix seconds or ISO 8601) instead of now')
    .option('--max-age <seconds>', 'oldest document that is believed', '300')
    .option('--skew <seconds>', 'how far the enclave’s clock may be ahead', '30')
    .option('--json', 'one JSON document instead of text')
    .exitOverride()
    .showHelpAfterError('(run it with --help for examples)')
    .addHelpText(
      'after',
      `
Examples:
  $ daas attest verify document.cbor --pcr0 9f… --pcr1 4b… --pcr2 77… --nonce 00ff… --root attestation-root.crt
  $ curl -s "https://master/api/v1/attestation?nonce=$NONCE" | daas attest verify - --pcr0 … --pcr1 … --pcr2 … --nonce "$NONCE"
  $ daas attest verify saved.hex --time 2026-05-01T12:00:00Z --pcr0 … --pcr1 … --pcr2 …   # a saved AWS document
`,
    )
    .action(verify);
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const policy = await policyOf(options);
  try {
    const document = documentIn(await read(file));
    succeed(verifyAttestation(document, policy), policy, options.json ?? false);
  } catch (error) {
    if (!(error instanceof AttestationFault)) throw error;
    process.exitCode = error.exitCode;
    const { reason, message } = error;
    if (options.json) print({ ok: false, reason, message });
    else process.stdout.write(`refused: ${reason}\n  ${message}\n`);
  }
}

function succeed(document: AttestationDocument, policy: AttestationPolicy, json: boolean): void {
  const facts = {
    module_id: document.module_id,
    time: new Date(document.timestamp).toISOString(),
    pcrs: Object.fromEntries([...document.pcrs].map(([index, pcr]) => [index, hex(pcr)])),
    public_key: document.public_key && hex(document.public_key),
    nonce: document.nonce && hex(document.nonce),
    user_data: document.user_data && hex(document.user_data),
  };
  const unchecked = [...(policy.nonce ? [] : ['nonce']), ...(policy.publicKey ? [] : ['public_key'])];
  if (json) return print({ ok: true, unchecked, ...facts });
  process.stdout.write(`believed: ${facts.module_id} at ${facts.time}\n`);
  for (const name of ['public_key', 'nonce', 'user_data'] as const) {
    process.stdout.write(`  ${name.padEnd(10)} ${facts[name] ?? 'none'}\n`);
  }
  for (const name of unchecked) {
    process.stdout.write(`  not checked: ${name} (give --${name.replace('_', '-')})\n`);
  }
}

async function policyOf(options: VerifyOptions): Promise<AttestationPolicy> {
  const { nonce, publicKey } = options;
  return {
    root: await rootOf(options.root),
    nowMs: timeOf(options.time),
    pcrs: [bytes('--pcr0', options.pcr0), bytes('--pcr1', options.pcr1), bytes('--pcr2', options.pcr2)],
    ...(nonce !== undefined && { nonce: binaryOf('--nonce', nonce) }),
    ...(publicKey !== undefined && { publicKey: binaryOf('--public-key', publicKey, KEY_BYTES) }),
    maxAgeSeconds: seconds('--max-age', options.maxAge),
    skewSeconds: seconds('--skew', options.skew),
  };
}

function bytes(option: string, value: string): Uint8Array {
  if (/^[0-9a-f]{96}$/i.test(value)) return Buffer.from(value, 'hex');
  throw new UsageError(
    `${option} must be ${PCR_BYTES} bytes in hex (${PCR_BYTES * 2} digits), not "${value}"`,
  );
}

function seconds(option: string, value: string): number {
  if (/^\d{1,10}$/.test(value)) return Number(value);
  throw new UsageError(`${option} ${value} is no whole number of seconds`);
}

function timeOf(value: string | undefined): number {
  if (value === undefined) return Date.now();
  const time = /^\d{1,11}$/.test(value) ? Number(value) * 1000 : isoTime(value);
  if (Number.isFinite(time)) return time;
  throw new UsageError(
    `--time ${value} is neither Unix seconds nor an ISO 8601 time with a zone, as 2026-05-01T12:00:00Z`,
  );
}

/** Milliseconds; NaN for anything but a full date and time with its zone, which no locale can turn. */
function isoTime(value: string): number {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
  return form.test(value) ? Date.parse(value) : Number.NaN;
}

async function rootOf(value: string): Promise<PinnedRoot> {
  if (value === AWS) return { sha256: AWS_NITRO_ROOT };
  const fingerprint = value.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(fingerprint)) return { sha256: fingerprint };
  const hint = `--root takes a PEM file, the SHA-256 of the certificate in hex, or ${AWS}`;
  const pem = await readFile(value, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read the root ${value}`, { cause, hint });
  });
  try {
    void new X509Certificate(pem);
  } catch (cause) {
    throw new UsageError(`${value} holds no PEM certificate`, { cause, hint });
  }
  return { pem };
}

async function read(file: string): Promise<Uint8Array> {
  const content = await (file === '-' ? standardInput() : readFile(file)).catch((cause: unknown) => {
    throw new UsageError(`cannot read ${file}`, {
      cause,
      hint: 'name the file of the document, or - for standard input',
    });
  });
  if (content.length === 0) throw new UsageError(`${file === '-' ? 'standard input' : file} is empty`);
  if (content.length <= MAX_FILE) return content;
  throw new AttestationFault(
    'Oversize',
    `the file has ${content.length} bytes; no document is longer than 20000`,
  );
}

async function standardInput(): Promise<Uint8Array> {
  return Buffer.from(await text(process.stdin.setEncoding('latin1')), 'latin1');
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}
