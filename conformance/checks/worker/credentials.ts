import { createHash } from 'node:crypto';
import { verifyPersonalMessageSignature } from '@mysten/sui/verify';
import { base64url, type Claims } from '../../drivers/credential.ts';
import { asObject, equal, ok } from '../../runner/expectations.ts';
import type { FakeRequest } from '../../world/fake-messages.ts';

/** The claims of a request's one-shot credential, once everything about it was found right. */
export async function provenClaims(
  request: FakeRequest,
  wanted: { address: string; cluster: string; token?: string },
): Promise<Claims> {
  const credential = request.headers['x-seal-token'];
  ok('there is one X-Seal-Token', typeof credential === 'string', { got: credential });
  const [prefix, payload = '', signature = '', ...rest] = credential.split('.');
  equal('its form', { prefix, rest }, { prefix: 'seal1', rest: [] });
  const claims = asObject(
    JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
  ) as unknown as Claims;
  const bod = base64url(createHash('sha256').update(request.body).digest());
  const { address, cluster, token = claims.token } = wanted;
  equal(
    'what it is bound to',
    {
      sub: claims.sub,
      aud: claims.aud,
      token: claims.token,
      htm: claims.htm,
      htu: claims.htu,
      bod: claims.bod,
    },
    { sub: address, aud: cluster, token, htm: request.method, htu: request.target, bod },
  );
  equal('bytes of its nonce', Buffer.from(claims.nonce, 'base64url').length, 16);
  const age = Math.abs(claims.iat - request.at / 1000);
  ok('it was made for this request', age <= 30, { got: claims.iat, wanted: request.at / 1000 });
  const life = claims.exp - claims.iat;
  ok('it lives 300 s at most', life > 0 && life <= 300, { got: life });
  await verifyPersonalMessageSignature(
    new TextEncoder().encode(payload),
    Buffer.from(signature, 'base64url').toString('base64'),
    { address },
  );
  return claims;
}
