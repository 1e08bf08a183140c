import { EVENTS, parseEvent } from '../../../contracts/bindings/events.ts';
import { documentIn } from '../../cli/attestation-input.ts';
import { readDocument } from '../../drivers/attestation/document.ts';
import { verifyAttestation } from '../../drivers/attestation/verify.ts';
import { parseTarget } from '../../target/load.ts';
import { FakeEnclave } from '../../world/fake-enclave.ts';
import type { FuzzParser } from './parser.ts';

const PCRS = [Buffer.alloc(48, 1), Buffer.alloc(48, 2), Buffer.alloc(48, 3)] as const;
const ID = `0x${'11'.repeat(32)}`;
const enclave = await FakeEnclave.make(PCRS);
const document = await enclave.attest(Buffer.alloc(32, 7));
const nowMs = Date.now();

const request = EVENTS.K8sAPIRequest.serialize({
  request_id: 'a'.repeat(32),
  token: ID,
  method: 'POST',
  path: '/api/v1/namespaces/default/pods',
  namespace: 'default',
  resource_type: 'pods',
  payload_digest: new Uint8Array(32),
  requester: ID,
  nautilus_endpoint: ID,
  timestamp_ms: 1_800_000_000_000n,
});

const TARGET = `schema_version: 1
name: acme
features: [DirectReads]
chain: { provider: embedded }
master: bundled
gateway:
  url: https://127.0.0.1:{{gateway.port}}
  ca: '{{gateway.dir}}/ca.crt'
  start:
    command: [./acme, --config, '{{gateway.dir}}/gateway.toml']
  logs: ['{{gateway.dir}}/*.log']
`;

/** Parsers of the suite for what targets, chains and users hand it. */
export const PARSERS: readonly FuzzParser[] = [
  {
    name: 'suite: attestation document',
    samples: [document],
    parse: readDocument,
    refusals: ['AttestationFault'],
  },
  {
    name: 'suite: attestation verifier',
    samples: [document],
    parse: (bytes) => verifyAttestation(bytes, { root: { pem: enclave.rootPem }, nowMs, pcrs: PCRS }),
    refusals: ['AttestationFault'],
  },
  {
    name: 'suite: attestation file',
    samples: [
      document,
      Buffer.from(Buffer.from(document).toString('hex')),
      Buffer.from(JSON.stringify({ document: Buffer.from(document).toString('base64url') })),
    ],
    parse: documentIn,
    refusals: ['UsageError'],
  },
  {
    name: 'suite: BCS of an event',
    samples: [request],
    parse: (bytes) => parseEvent(`${ID}::k8s_gateway::K8sAPIRequest`, bytes),
    refusals: ['LayoutError'],
  },
  {
    name: 'suite: target file',
    samples: [Buffer.from(TARGET)],
    parse: (bytes) => parseTarget(Buffer.from(bytes).toString('utf8'), 'target.yaml'),
    refusals: ['UsageError'],
  },
];
