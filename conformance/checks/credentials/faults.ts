import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { base64url, freshNonce, sealPayload } from '../../drivers/credential.ts';
import type { CheckContext } from '../../runner/context.ts';
import type { Actor } from '../../world/actors.ts';
import { badTokens } from './bad-tokens.ts';
import { goodClaims, unixNow, unknownId } from './asking.ts';

/** One credential that must be refused for one reason, and the claims it carries. */
export interface Faulty {
  reason: string;
  credential: string;
  nonce: string;
  /** Whose token it names. */
  actor: Actor;
}

const BINDING = { htm: 'GET', htu: '/somewhere/else', bod: base64url(new Uint8Array(32)) };

/** A session credential for each reason for which one can be refused, in the order of the checks. */
export async function everyFault(t: CheckContext, user: Actor): Promise<Faulty[]> {
  const { revoked, expired, slashed } = await badTokens(t);
  const now = unixNow();
  const used = await seal(t, '', user, {});
  await t.gateway.with(used.credential, 'GET', '/version');
  return Promise.all([
    seal(t, 'MalformedCredential', user, { v: 2 }),
    seal(t, 'CredentialExpired', user, { iat: now - 400, exp: now - 200 }),
    seal(t, 'CredentialNotYetValid', user, { iat: now + 200, exp: now + 400 }),
    seal(t, 'AudienceMismatch', user, { aud: unknownId() }),
    seal(t, 'BadSignature', user, {}, true),
    seal(t, 'UnknownToken', user, { token: unknownId() }),
    seal(t, 'TokenRevoked', revoked, {}),
    seal(t, 'TokenExpired', expired, {}),
    seal(t, 'StakeInactive', slashed, {}),
    seal(t, 'BindingMismatch', user, BINDING),
    seal(t, 'ReplayDetected', user, { nonce: used.nonce, exp: now + 119 }),
  ]);
}

/** A credential of `actor` with these claims; `forged`: signed by a wallet that is not its own. */
export async function seal(
  t: CheckContext,
  reason: string,
  actor: Actor,
  changes: object,
  forged = false,
): Promise<Faulty> {
  const claims = { ...goodClaims(t, actor), nonce: freshNonce(), ...changes };
  const signer = forged ? new Ed25519Keypair() : actor.signer;
  return {
    reason,
    credential: await sealPayload(signer, JSON.stringify(claims)),
    nonce: claims.nonce,
    actor,
  };
}
