import { randomInt } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { base64url } from '../../drivers/credential.ts';
import { HttpDriver, type HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { ok, refused } from '../../runner/expectations.ts';
import { ONE_IN_A_MILLION, shiftOf, signedRank } from '../../runner/signed-rank.ts';
import {
  goodClaims,
  HEARTBEAT,
  PODS,
  mustPass,
  partsOf,
  registeredWorker,
  unknownId,
} from '../credentials/asking.ts';
import type { Actor } from '../../world/actors.ts';

/** Enough to see, in 99 of 100 runs, a difference as large as 0.6 standard deviations of a pair's. */
const PAIRS = 150;
/** On a machine that is slow today fewer will do, but never less than these. */
const FEWEST_PAIRS = 80;
/** Pairs that are not measured. */
const WARMING = 5;
const BUDGET_MS = 4_000;
/** Milliseconds: what lies below is of no use to anybody who is not on the same machine. */
const TELLING_MS = 0.25;

type Ask = (credential: string) => Promise<HttpAnswer>;

/** How each part is asked with a credential. */
const ASKS = {
  gateway: (http: HttpDriver): Ask => {
    return (credential) => http.send('GET', PODS, { headers: { authorization: `Bearer ${credential}` } });
  },
  master: (http: HttpDriver): Ask => {
    const headers = { 'content-type': 'application/json' };
    return (credential) =>
      http.send('POST', HEARTBEAT, { headers: { ...headers, 'x-seal-token': credential }, body: '{}' });
  },
} as const;

/** Somebody whose live token the part has just looked up. */
async function known(t: CheckContext, part: keyof typeof ASKS): Promise<Actor> {
  if (part === 'master') return registeredWorker(t);
  const user = await t.actors.shared('user');
  await mustPass(t, await t.actors.session(user));
  return user;
}

/**
 * Makes credentials of the actor, or of a fresh wallet with a token that nobody has, whose signature bytes are those of
 * another message under the wallet's own public key: each is to be checked to the end, and is wrong.
 */
async function forger(t: CheckContext, actor: Actor): Promise<(whose: 'known' | 'unknown') => string> {
  const { signature } = partsOf(await t.actors.session(actor));
  const bytes = Buffer.from(signature, 'base64url');
  return (whose) => {
    const claims = goodClaims(t, actor);
    if (whose === 'known') return credentialOf(claims, bytes);
    const stranger = new Ed25519Keypair();
    const own = Buffer.concat([bytes.subarray(0, 65), stranger.getPublicKey().toRawBytes()]);
    return credentialOf({ ...claims, sub: stranger.toSuiAddress(), token: unknownId() }, own);
  };
}

const credentialOf = (claims: object, signature: Buffer): string =>
  `seal1.${base64url(JSON.stringify(claims))}.${base64url(signature)}`;

export default defineChecks(
  (['gateway', 'master'] as const).map((part) =>
    check(
      `SEC-TOK-007/${part}`,
      `the time in which the ${part} answers a bad signature does not tell known wallets`,
      { mutants: ['token-before-signature'], timeoutMs: 40_000 },
      async (t: CheckContext) => {
        const server = t.world[part];
        t.needs(`a ${part}`, server !== undefined);
        const actor = await known(t, part);
        const sealed = await forger(t, actor);
        await using http = new HttpDriver({ baseUrl: server.url, ca: server.ca });
        const ask = ASKS[part](http);
        // Made before anything is measured: making one of a stranger takes longer, and leaves this process busier.
        const ready = Array.from({ length: PAIRS + WARMING }, () => ({
          known: sealed('known'),
          unknown: sealed('unknown'),
        }));
        const time = async (pair: number, whose: 'known' | 'unknown'): Promise<number> => {
          const credential = ready[pair]![whose];
          const from = performance.now();
          const answer = await ask(credential);
          const took = performance.now() - from;
          refused(answer, { status: 401, reason: 'BadSignature' });
          return took;
        };
        for (let pair = PAIRS; pair < PAIRS + WARMING; pair += 1) {
          await time(pair, 'known');
          await time(pair, 'unknown');
        }
        const differences: number[] = [];
        const until = performance.now() + BUDGET_MS;
        while (
          differences.length < PAIRS &&
          (performance.now() < until || differences.length < FEWEST_PAIRS)
        ) {
          // Both of a pair meet the same machine; which of them comes first is left to chance.
          const knownFirst = randomInt(2) === 0;
          const pair = differences.length;
          const first = await time(pair, knownFirst ? 'known' : 'unknown');
          const second = await time(pair, knownFirst ? 'unknown' : 'known');
          differences.push(knownFirst ? second - first : first - second);
        }
        const { z, pairs, detectable } = signedRank(differences);
        const shift = shiftOf(differences);
        ok(
          'unknown and known wallets are answered in the same time',
          Math.abs(z) < ONE_IN_A_MILLION || Math.abs(shift) < TELLING_MS,
          {
            wanted: `|z| below ${ONE_IN_A_MILLION}, or a shift below ${TELLING_MS} ms`,
            got: { shift_ms: shift, z, pairs, detectable_ms: detectable },
          },
        );
      },
    ),
  ),
);
