import { base64url } from '../../drivers/credential.ts';
import type { CheckContext } from '../../runner/context.ts';
import type { Actor } from '../../world/actors.ts';
import { goodClaims, partsOf, sealClaims, sealText } from './asking.ts';

export const MALFORMED = 'MalformedCredential';

/** Text in place of a claim's JSON value, spelled as given. */
export async function sealSpelled(
  t: CheckContext,
  actor: Actor,
  claim: string,
  spelling: string,
): Promise<string> {
  const claims = Object.entries(goodClaims(t, actor));
  const fields = claims.map(
    ([key, value]) => `${JSON.stringify(key)}:${key === claim ? spelling : JSON.stringify(value)}`,
  );
  return sealText(actor, `{${fields.join(',')}}`);
}

/** So many random bytes, base64url. */
export const randomText = (length: number): string =>
  base64url(crypto.getRandomValues(new Uint8Array(length)));

/** Signs a payload segment as it stands, also one that is no clean base64url. */
export async function signSegment(actor: Actor, segment: string): Promise<string> {
  const { signature } = await actor.signer.signPersonalMessage(Buffer.from(segment, 'ascii'));
  return `seal1.${segment}.${Buffer.from(signature, 'base64').toString('base64url')}`;
}

/** The character with the lowest bit of its six flipped: other tail bits, the same bytes. */
export function otherTail(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet[alphabet.indexOf(text.at(-1) ?? '') ^ 1] ?? '';
  return text.slice(0, -1) + last;
}

/** Good claims as JSON that does not fill its last group of three bytes. */
export function unevenJson(t: CheckContext, actor: Actor): string {
  const json = JSON.stringify(goodClaims(t, actor));
  return Buffer.byteLength(json) % 3 === 0 ? json.replace('{', '{ ') : json;
}

/** A credential whose signature holds both characters in which base64url differs from base64. */
export async function withBothSpecials(t: CheckContext, actor: Actor): Promise<string> {
  for (;;) {
    const credential = await sealClaims(t, actor);
    const { signature } = partsOf(credential);
    if (signature.includes('-') && signature.includes('_')) return credential;
  }
}
