import { createHash, hkdfSync } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../protocol/clock.ts';
import {
  issueIntermediate,
  issueLeaf,
  LEAF_LIFE_MS,
  signWith,
  type Issued,
  type RandomBytes,
} from './attestation-authority.ts';
import { encodeCoseSign1 } from './cose.ts';
import { ensureDevelopmentRoot } from './development-root.ts';
import { encodeDocument, PCR_LENGTH } from './document.ts';
import { SealingError, type AttestationRequest, type Tee } from './tee.ts';

/** Start of `module_id` in each simulated document, and its `user_data` unless the caller has some. */
const SIMULATED_MARK = 'simulated';

export interface SimulatedTeeOptions {
  /** Keeps the development root and the stand-in for the platform's secret. */
  directory: string;
  /** PCR0 to PCR2, 48 bytes each; default SIMULATED_PCRS. */
  pcrs?: readonly Uint8Array[];
  clock: Clock;
  randomBytes: RandomBytes;
}

/** Measurements of a simulated enclave that is given none. */
export const SIMULATED_PCRS: readonly Uint8Array[] = [0, 1, 2].map((index) =>
  createHash('sha384').update(`k3s-daas simulated PCR${index}`).digest(),
);

const SECRET_FILE = 'simulated-platform.key';
const REGISTERS = 16;

/** Writes documents in Nitro's format under a development root, outside any trusted environment. */
export async function openSimulatedTee(options: SimulatedTeeOptions): Promise<Tee> {
  const { directory, clock, randomBytes, pcrs = SIMULATED_PCRS } = options;
  if (pcrs.length !== 3 || pcrs.some((pcr) => pcr.length !== PCR_LENGTH)) {
    throw new RangeError(`a simulated enclave needs PCR0 to PCR2, ${PCR_LENGTH} bytes each`);
  }
  const root = await ensureDevelopmentRoot(directory, clock.nowMs(), randomBytes);
  const secret = await platformSecret(directory, randomBytes);
  const moduleId = `${SIMULATED_MARK}-${Buffer.from(randomBytes(8)).toString('hex')}`;
  const chain = new ChainKeeper(root, moduleId, clock, randomBytes);
  return {
    mode: 'simulated',
    pcrs,
    rootCertificate: root.certificate.toString(),
    attest: async (request) => {
      const { intermediate, leaf } = chain.current();
      const payload = encodeDocument({
        moduleId,
        timestampMs: clock.nowMs(),
        digest: 'SHA384',
        pcrs: allRegisters(pcrs),
        certificate: leaf.certificate.raw,
        cabundle: [root, intermediate].map((issued) => issued.certificate.raw),
        ...dataOf(request),
      });
      return encodeCoseSign1(payload, (message) => signWith(leaf, message));
    },
    // Bound to the measurement: another image gets another key, as from a real platform.
    sealingKey: async (purpose) =>
      new Uint8Array(hkdfSync('sha256', secret, Buffer.concat(pcrs), `k3s-daas sealing ${purpose}`, 32)),
  };
}

function dataOf(request: AttestationRequest) {
  const { publicKey, nonce, userData = Buffer.from(SIMULATED_MARK) } = request;
  return { publicKey, nonce, userData };
}

function allRegisters(pcrs: readonly Uint8Array[]): Map<number, Uint8Array> {
  const registers = new Map<number, Uint8Array>();
  for (let index = 0; index < REGISTERS; index++) {
    registers.set(index, pcrs[index] ?? new Uint8Array(PCR_LENGTH));
  }
  return registers;
}

/** Makes intermediate and leaf when they are needed, and anew before they expire. */
class ChainKeeper {
  readonly #root: Issued;
  readonly #moduleId: string;
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  #made: { intermediate: Issued; leaf: Issued } | undefined;
  #renewAtMs = 0;

  constructor(root: Issued, moduleId: string, clock: Clock, randomBytes: RandomBytes) {
    this.#root = root;
    this.#moduleId = moduleId;
    this.#clock = clock;
    this.#randomBytes = randomBytes;
  }

  current(): { intermediate: Issued; leaf: Issued } {
    const now = this.#clock.nowMs();
    if (!this.#made || now >= this.#renewAtMs) {
      this.#renewAtMs = now + LEAF_LIFE_MS / 2;
      this.#made = this.#make(now);
    }
    return this.#made;
  }

  #make(now: number): { intermediate: Issued; leaf: Issued } {
    const intermediate = issueIntermediate(this.#root, now, this.#randomBytes);
    return { intermediate, leaf: issueLeaf(intermediate, this.#moduleId, now, this.#randomBytes) };
  }
}

/** What the hardware would keep; here a file, which is why this provider protects nothing. */
async function platformSecret(directory: string, randomBytes: RandomBytes): Promise<Uint8Array> {
  const file = join(directory, SECRET_FILE);
  await mkdir(directory, { recursive: true });
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      const secret = randomBytes(32);
      await handle.writeFile(secret);
      await handle.sync();
      return secret;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const secret = await readFile(file);
  if (secret.length !== 32) throw new SealingError(`${file} has ${secret.length} bytes, not 32`);
  return secret;
}
