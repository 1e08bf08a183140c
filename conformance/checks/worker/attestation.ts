import { randomBytes } from 'node:crypto';
import { check, type Check } from '../../runner/check.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { AttestationLie, JoinLie } from '../../world/fault-plan.ts';
import {
  endOfStart,
  obey,
  onStage,
  setStage,
  targetsOf,
  TIMEOUT_MS,
  withCredential,
  type Stage,
} from './workers.ts';

/** Starts a worker at a master that tells each of these lies: it must stop and send no credential. */
function rejects(id: string, title: string, mutants: string[], lies: readonly AttestationLie[]): Check {
  return check(id, title, { timeoutMs: TIMEOUT_MS, mutants }, (t) =>
    onStage(t, (stage) =>
      eachRow(
        lies.map((lie) => [lie, lie] as const),
        async (lie) => {
          const from = stage.fake.requests.length;
          obey(t, stage.fake, { on: 'attestation', times: 'always', do: { attestation: lie } });
          await endOfStart(t, stage);
          sentNothing(stage, from);
        },
      ),
    ),
  );
}

/** Fails when since request number `from` none asked for an attestation, or one carried a credential. */
function sentNothing({ fake }: Stage, from: number): void {
  const seen = fake.requests.slice(from);
  ok(
    'it asked for an attestation',
    seen.some(({ route }) => route === 'attestation'),
    { got: targetsOf(seen) },
  );
  equal('requests with a credential', targetsOf(withCredential(seen)), []);
}

/** Starts a worker at a master that tells each of these lies in its join data: its agent must not start. */
function rejectsJoin(id: string, title: string, mutants: string[], lies: readonly JoinLie[]): Check {
  return check(id, title, { timeoutMs: TIMEOUT_MS, mutants }, (t) =>
    onStage(t, (stage) =>
      eachRow(
        lies.map((lie) => [lie, lie] as const),
        async (lie) => {
          const { fake } = stage;
          const from = fake.requests.length;
          obey(t, fake, { on: 'register-worker', times: 'always', do: { join: lie } });
          await endOfStart(t, stage);
          const after = fake.requests.slice(from).filter(({ route }) => route !== 'attestation');
          equal('what it sent', [...new Set(targetsOf(after))], ['POST /api/v1/register-worker']);
        },
      ),
    ),
  );
}

/** Lies of a master in its attestation and its join data, and a worker that must see through each. */
export const attestationChecks: readonly Check[] = [
  rejects(
    'WK-ATT-001',
    'a master that cannot attest gets no credential',
    ['attestation-skipped'],
    ['no-document'],
  ),
  rejects(
    'WK-ATT-002',
    'a document without the worker’s own nonce is rejected',
    ['attestation-replay-accepted'],
    ['other-nonce', 'no-nonce'],
  ),
  rejects(
    'WK-ATT-004',
    'PCRs other than those on chain are rejected',
    ['debug-pcrs-accepted'],
    ['wrong-pcr'],
  ),
  rejects(
    'WK-ATT-005',
    'a document under another root or a bad chain is rejected',
    ['attestation-chain-unchecked'],
    ['other-root', 'expired-leaf', 'early-intermediate'],
  ),
  rejects(
    'WK-ATT-006',
    'a document with a bad signature or algorithm is rejected',
    ['attestation-signature-unchecked'],
    ['changed-bit', 'es256'],
  ),
  rejects(
    'WK-ATT-007',
    'a public_key that is not the one on chain is rejected',
    ['retired-key-accepted'],
    ['other-key'],
  ),
  rejects(
    'WK-ATT-008',
    'oversize or malformed CBOR is rejected',
    ['attestation-skipped'],
    ['key-twice', 'trailing-byte', 'indefinite-map', 'deep-nesting', 'megabyte'],
  ),
  rejects(
    'WK-ATT-009',
    'a document of another time is rejected',
    ['attestation-age-unchecked'],
    ['old', 'of-the-future'],
  ),

  check(
    'WK-ATT-003',
    'PCRs of zeros are rejected although the chain expects them',
    { timeoutMs: TIMEOUT_MS, mutants: ['debug-pcrs-accepted'] },
    async (t) => {
      const zeros = new Uint8Array(48);
      const stage = await setStage(t, { pcrs: [zeros, zeros, zeros] });
      await endOfStart(t, stage);
      sentNothing(stage, 0);
    },
  ),

  check(
    'WK-ATT-007/retired',
    'a public_key that was replaced on chain is rejected',
    { timeoutMs: TIMEOUT_MS, mutants: ['retired-key-accepted'] },
    async (t) => {
      const stage = await setStage(t);
      await stage.fake.registerKey(randomBytes(32));
      await endOfStart(t, stage);
      sentNothing(stage, 0);
    },
  ),

  rejectsJoin(
    'WK-ATT-010',
    'join data without a good signature is rejected',
    ['join-unsigned-accepted'],
    ['unsigned', 'other-key'],
  ),
  rejectsJoin(
    'WK-ATT-012',
    'join data that was changed after it was signed, or signed long ago, is rejected',
    ['join-unsigned-accepted'],
    ['other-server', 'old'],
  ),
];
