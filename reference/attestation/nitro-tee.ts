import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { decodeCoseSign1 } from './cose.ts';
import { decodeDocument, type AttestationDocument } from './document.ts';
import { SealingError, TeeUnavailableError, type AttestationRequest, type Tee } from './tee.ts';

/** The character device through which an enclave talks to its security module. */
const NSM_DEVICE = '/dev/nsm';

/**
 * How the security module is reached. Its requests are ioctl calls, which Node cannot make, so the
 * image ships a small helper program that makes them.
 */
export interface NsmClient {
  /** A document made by the security module. */
  attest(request: AttestationRequest): Promise<Uint8Array>;
  /** 32 bytes for `purpose`, released (by a key service that checks PCRs) to this measurement only. */
  sealingKey(purpose: string): Promise<Uint8Array>;
}

export interface NitroTeeOptions {
  /** Reads the PEM of the AWS Nitro Enclaves root; asked once the device is there. */
  rootCertificate(): Promise<string>;
  nsm: NsmClient;
  /** Default NSM_DEVICE. */
  device?: string;
}

/** Opens the Nitro security module. Rejects with TeeUnavailableError outside an enclave. */
export async function openNitroTee(options: NitroTeeOptions): Promise<Tee> {
  const { nsm, device = NSM_DEVICE } = options;
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new TeeUnavailableError(
      `${device} cannot be opened: this process does not run inside a Nitro enclave; tee.mode "simulated" runs without one`,
      { cause },
    );
  }
  return {
    mode: 'nitro',
    pcrs: await ownPcrs(nsm),
    rootCertificate: await options.rootCertificate(),
    attest: (request) => nsm.attest(request),
    sealingKey: (purpose) => nsm.sealingKey(purpose),
  };
}

/** An enclave learns its own measurement from a document about itself. */
async function ownPcrs(nsm: NsmClient): Promise<readonly Uint8Array[]> {
  const document = readOwn(await nsm.attest({}));
  return [0, 1, 2].map((index) => {
    const pcr = document.pcrs.get(index);
    if (!pcr) throw new TeeUnavailableError(`the security module reports no PCR${index}`);
    if (pcr.every((byte) => byte === 0)) throw new TeeUnavailableError('the enclave runs in debug mode');
    return pcr;
  });
}

function readOwn(bytes: Uint8Array): AttestationDocument {
  const cose = decodeCoseSign1(bytes);
  const document = cose.ok ? decodeDocument(cose.value.payload) : cose;
  if (!document.ok) throw new TeeUnavailableError(`the security module's document: ${document.error}`);
  return document.value;
}

/**
 * The helper program: `HELPER attest` and `HELPER sealing-key PURPOSE`, fields as base64 options, raw
 * bytes on stdout, a message on stderr and a non-zero exit code when it fails.
 */
export function helperNsmClient(helper: string): NsmClient {
  return {
    attest: async ({ nonce, publicKey, userData }) => {
      const options = Object.entries({ nonce, 'public-key': publicKey, 'user-data': userData });
      const given = options.flatMap(([name, bytes]) =>
        bytes ? [`--${name}`, Buffer.from(bytes).toString('base64')] : [],
      );
      try {
        return await run(helper, ['attest', ...given]);
      } catch (cause) {
        throw new TeeUnavailableError('the security module gave no document', { cause });
      }
    },
    sealingKey: async (purpose) => {
      const key = await run(helper, ['sealing-key', purpose]).catch((cause: unknown) => {
        throw new SealingError('the sealing key was not released to this enclave', { cause });
      });
      if (key.length !== 32) throw new SealingError(`the sealing key has ${key.length} bytes, not 32`);
      return key;
    },
  };
}

function run(program: string, parameters: readonly string[]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const limits = { encoding: 'buffer', timeout: 10_000, maxBuffer: 64 * 1024 } as const;
    execFile(program, parameters, limits, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout);
    });
  });
}
