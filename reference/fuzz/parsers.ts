import { decodeStrictCbor } from '../attestation/cbor.ts';
import { decodeCoseSign1 } from '../attestation/cose.ts';
import { makeAuthority, policyOf, signedDocument } from '../attestation/testing/fixtures.ts';
import { verifyAttestation } from '../attestation/verify.ts';
import { canonicalTarget } from '../protocol/canonical-path.ts';
import { parseCredential } from '../protocol/parse-credential.ts';
import { parseStrictJsonPlain } from '../protocol/strict-json.ts';
import { verifySuiSignature } from '../protocol/sui-signature.ts';
import { CLUSTER, idOf, keypairOf } from '../protocol/testing/fixtures.ts';
import { parseAttestationAnswer, parseRegistrationAnswer } from '../protocol/wire-responses.ts';
import {
  forwardedRequestJson,
  heartbeatJson,
  parseEventHints,
  parseForwardedRequest,
  parseHeartbeat,
  parseRegistration,
} from '../protocol/wire.ts';

const authority = makeAuthority();
const document = signedDocument(authority);
const policy = policyOf(authority);
const keypair = keypairOf('fuzzer');
const address = keypair.toSuiAddress();

const claims = {
  v: 1,
  token: idOf('token'),
  sub: address,
  aud: CLUSTER,
  nonce: Buffer.alloc(16, 3).toString('base64url'),
  iat: 1_800_000_000,
  exp: 1_800_000_120,
};
const bound = {
  ...claims,
  htm: 'POST',
  htu: '/api/v1/heartbeat',
  bod: Buffer.alloc(32).toString('base64url'),
};

async function seal(payload: object): Promise<{ text: string; segment: string; signature: Uint8Array }> {
  const segment = Buffer.from(JSON.stringify(payload)).toString('base64url');
  const signed = await keypair.signPersonalMessage(Buffer.from(segment));
  const signature = Buffer.from(signed.signature, 'base64');
  return { text: `seal1.${segment}.${signature.toString('base64url')}`, segment, signature };
}

const session = await seal(claims);
const oneShot = await seal(bound);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Every parser of the reference that reads what strangers send. None of them may throw anything. */
export const PARSERS = [
  {
    name: 'reference: credential',
    samples: [Buffer.from(session.text), Buffer.from(oneShot.text)],
    parse: (bytes: Uint8Array) => parseCredential(text(bytes)),
  },
  {
    name: 'reference: Sui signature',
    samples: [session.signature],
    parse: (bytes: Uint8Array) => verifySuiSignature(session.segment, bytes, address),
  },
  { name: 'reference: CBOR', samples: [document], parse: decodeStrictCbor },
  { name: 'reference: COSE', samples: [document], parse: decodeCoseSign1 },
  {
    name: 'reference: attestation verifier',
    samples: [document],
    parse: (bytes: Uint8Array) => verifyAttestation(bytes, policy),
  },
  {
    name: 'reference: strict JSON',
    samples: [json({ a: [1, { b: null }], c: 'é' })],
    parse: parseStrictJsonPlain,
  },
  {
    name: 'reference: registration',
    samples: [json({ node_id: 'node-1', seal_token: idOf('token'), timestamp: 1_800_000_000 })],
    parse: parseRegistration,
  },
  {
    name: 'reference: heartbeat',
    samples: [
      Buffer.from(
        heartbeatJson({
          node_id: 'node-1',
          timestamp: 1_800_000_000,
          stake_status: 'active',
          stake_amount: 1_000_000_000n,
          running_pods: 3,
          resource_usage: { cpu: 0.5, memory: 0.25, disk: 0 },
        }),
      ),
    ],
    parse: parseHeartbeat,
  },
  {
    name: 'reference: event hints',
    samples: [json({ events: [{ tx_digest: '4'.repeat(43), event_seq: '0' }] })],
    parse: parseEventHints,
  },
  {
    name: 'reference: forwarded request',
    samples: [
      Buffer.from(
        forwardedRequestJson({
          method: 'POST',
          path: '/api/v1/namespaces/default/pods',
          query: 'dryRun=All',
          content_type: 'application/json',
          accept: '*/*',
          body: Buffer.from('{}'),
        }),
      ),
    ],
    parse: parseForwardedRequest,
  },
  {
    name: 'reference: registration answer',
    samples: [
      json({
        status: 'registered',
        node_id: 'node-1',
        message: 'welcome',
        join: { server: 'https://127.0.0.1:1', token: 'join.token' },
      }),
    ],
    parse: parseRegistrationAnswer,
  },
  {
    name: 'reference: attestation answer',
    samples: [json({ document: Buffer.from(document).toString('base64url') })],
    parse: parseAttestationAnswer,
  },
  {
    name: 'reference: request target',
    samples: [Buffer.from('/api/v1/namespaces/default/pods/%61b?limit=500&labelSelector=a%3Db')],
    parse: (bytes: Uint8Array) => canonicalTarget(text(bytes)),
  },
];
