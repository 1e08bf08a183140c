import { randomBytes } from 'node:crypto';
import { encode } from 'cborg';
import { attester, derOf } from './certificates.ts';
import type { FakeEnclave, Forgery } from './fake-enclave.ts';
import type { FakeMaster } from './fake-master.ts';
import { attestationReply, nonceOf, ok, refusal, type FakeReply, type FakeRequest } from './fake-messages.ts';
import type { AttestationLie, JoinLie } from './fault-plan.ts';

const HOUR = 3_600_000;
const AGE = 360_000;

/** The answer of a master that tells this lie about itself; everything else about it is right. */
export async function lieOfAttestation(
  lie: AttestationLie,
  fake: FakeEnclave,
  request: FakeRequest,
): Promise<FakeReply> {
  const nonce = nonceOf(request);
  const forged = async (forgery: Forgery, over: Uint8Array | null = nonce): Promise<FakeReply> =>
    attestationReply(await fake.attest(over, forgery));
  switch (lie) {
    case 'no-document':
      return ok({});
    case 'not-found':
      return refusal(404, 'NotFound');
    case 'other-nonce':
      return forged({}, randomBytes(nonce.length));
    case 'no-nonce':
      return forged({}, null);
    case 'longer-nonce':
      return forged({}, Buffer.concat([nonce, Buffer.alloc(1)]));
    case 'wrong-pcr':
      return forged({ fields: { pcrs: pcrsOf(fake, { 1: randomBytes(48) }) } });
    case 'missing-pcr':
      return forged({ fields: { pcrs: pcrsOf(fake, { 2: undefined }) } });
    case 'other-root': {
      const stranger = await attester('conformance attestation root');
      const leaf = await attester('conformance enclave', stranger);
      return forged({ leaf, cabundle: [derOf(stranger)] });
    }
    case 'leaf-of-another-root': {
      const stranger = await attester('conformance attestation root');
      return forged({ leaf: await attester('conformance enclave', stranger) });
    }
    case 'expired-leaf':
      return forged({
        leaf: await attester('conformance enclave', fake.root, { to: Date.now() - 1_000 }),
      });
    case 'early-intermediate':
      return forged(await under(fake, { from: Date.now() + HOUR, to: Date.now() + 2 * HOUR }));
    case 'intermediate-no-authority':
      return forged(await under(fake, { authority: false }));
    case 'changed-signature':
      return forged({ signature: flipped });
    case 'es256':
      return forged({ algorithm: 'ES256' });
    case 'changed-bit': {
      const document = Buffer.from(await fake.attest(nonce));
      const place = document.indexOf('i-0123456789') + 2;
      document[place] = (document[place] ?? 0) ^ 1;
      return attestationReply(document);
    }
    case 'other-key':
      return forged({ fields: { public_key: randomBytes(32) } });
    case 'no-key':
      return forged({ fields: { public_key: null } });
    case 'empty':
      return attestationReply(new Uint8Array());
    case 'noise':
      return attestationReply(randomBytes(2_000));
    case 'trailing-byte':
      return forged({ message: (whole) => Buffer.concat([whole, Buffer.alloc(1)]) });
    case 'key-twice':
      return forged({ payload: twiceKeyed });
    case 'indefinite-map':
      return forged({
        payload: (map) => Buffer.concat([Buffer.from([0xbf]), map.subarray(1), Buffer.from([0xff])]),
      });
    case 'deep-nesting':
      return attestationReply(Buffer.concat([Buffer.alloc(15_000, 0x81), Buffer.alloc(1)]));
    case 'megabyte':
      return forged({ fields: { user_data: randomBytes(1 << 19) } });
    case 'old':
      return forged({ fields: { timestamp: Date.now() - AGE } });
    case 'of-the-future':
      return forged({ fields: { timestamp: Date.now() + AGE } });
  }
}

/** An honest registration's answer with this lie in its join data. */
export function lieOfJoin(lie: JoinLie, fake: FakeMaster, honest: FakeReply): FakeReply {
  const body = honest.body as Record<string, unknown>;
  const join = { ...(body['join'] as Record<string, unknown>) };
  const nodeId = String(body['node_id']);
  const resigned = (options: Parameters<FakeMaster['joinData']>[1]): FakeReply =>
    ok({ ...body, join: fake.joinData(nodeId, options) });
  switch (lie) {
    case 'unsigned':
      delete join['signature'];
      return ok({ ...body, join });
    case 'changed-signature': {
      const signature = flipped(Buffer.from(String(join['signature']), 'base64url'));
      return ok({ ...body, join: { ...join, signature: Buffer.from(signature).toString('base64url') } });
    }
    case 'other-server':
      return ok({ ...body, join: { ...join, server: 'https://127.0.0.1:1' } });
    case 'other-key':
      return resigned({ foreignKey: true });
    case 'old':
      return resigned({ timestampMs: Date.now() - HOUR });
  }
}

/** A chain of the root, an intermediate with the validity given, and a leaf. */
async function under(
  fake: FakeEnclave,
  validity: { from?: number; to?: number; authority?: boolean },
): Promise<Forgery> {
  const middle = await attester('conformance intermediate', fake.root, { authority: true, ...validity });
  const leaf = await attester('conformance enclave', middle);
  return { leaf, cabundle: [derOf(fake.root), derOf(middle)] };
}

function pcrsOf(fake: FakeEnclave, change: Record<number, Uint8Array | undefined>): Map<number, Uint8Array> {
  const all = { ...Object.fromEntries(fake.pcrs.entries()), ...change };
  const present = Object.entries(all).filter(
    (entry): entry is [string, Uint8Array] => entry[1] !== undefined,
  );
  return new Map(present.map(([index, pcr]) => [Number(index), pcr]));
}

function flipped(signature: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(signature);
  changed[10] = (changed[10] ?? 0) ^ 1;
  return changed;
}

/** The map with its field `digest` a second time. */
function twiceKeyed(map: Uint8Array): Uint8Array {
  const more = Buffer.concat([encode('digest'), encode('SHA384')]);
  return Buffer.concat([Buffer.from([(map[0] ?? 0) + 1]), map.subarray(1), more]);
}
