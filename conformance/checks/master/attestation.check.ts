import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { readDocument, type SignedDocument } from '../../drivers/attestation/document.ts';
import { AWS_NITRO_ROOT } from '../../drivers/attestation/chain.ts';
import { chainFaults, isSignedBy } from '../../drivers/attestation/verify.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';

/** Asks the master for a document over a nonce. */
async function attest(t: CheckContext, nonce: Uint8Array = randomBytes(32)): Promise<SignedDocument> {
  const query = Buffer.from(nonce).toString('base64url');
  const answer = await t.master.http.send('GET', `/api/v1/attestation?nonce=${query}`);
  status(answer, 200);
  const document = at(answer.json, 'document');
  return readDocument(typeof document === 'string' ? Buffer.from(document, 'base64url') : answer.body);
}

/** The root that documents must chain to: the one of the target file, as a verifier pins it. */
function pinnedRoot(t: CheckContext): string {
  const { rootPem } = t.world.attestation;
  t.needs('attestation.root in the target file', rootPem !== undefined);
  return rootPem;
}

const hex = (bytes: Iterable<number> | undefined): string => Buffer.from([...(bytes ?? [])]).toString('hex');

/** Random bytes as the query wants them. */
const encoded = (bytes: number): string => randomBytes(bytes).toString('base64url');

export default defineChecks([
  check(
    'MS-ATT-001',
    'the document is a COSE_Sign1 message with every field',
    { mutants: ['attestation-no-cose'] },
    async (t) => {
      // Reading it is the check: ES384 alone in the header, r and s of 48 bytes, every field of its type and length.
      const { document, absent } = await attest(t);
      equal('fields that are left out', absent, []);
      equal('digest', document.digest, 'SHA384');
    },
  ),

  check(
    'MS-ATT-002',
    'each document carries the nonce it was asked for with',
    { mutants: ['attestation-nonce-ignored'] },
    async (t) => {
      const nonces = [randomBytes(16), randomBytes(32), randomBytes(64)];
      const documents = await Promise.all(nonces.map((nonce) => attest(t, nonce)));
      equal(
        'the nonces',
        documents.map(({ document }) => Buffer.from(document.nonce ?? []).toString('hex')),
        nonces.map((nonce) => nonce.toString('hex')),
      );
      equal(
        'the number of different documents',
        new Set(documents.map(({ signature }) => Buffer.from(signature).toString('hex'))).size,
        nonces.length,
      );
    },
  ),

  check(
    'MS-ATT-003',
    'a nonce of a wrong length or form is refused',
    { mutants: ['attestation-any-nonce'] },
    async (t) => {
      const ask = (query: string) => t.master.http.send('GET', `/api/v1/attestation${query}`);
      await eachRow(
        [
          ['no nonce', ''],
          ['an empty nonce', '?nonce='],
          ['15 bytes', `?nonce=${encoded(15)}`],
          ['65 bytes', `?nonce=${encoded(65)}`],
          ['characters of plain base64', `?nonce=${encodeURIComponent('++++////'.repeat(4))}`],
          ['padding', `?nonce=${encodeURIComponent(`${encoded(16)}==`)}`],
          ['no base64 at all', `?nonce=${encodeURIComponent('!'.repeat(24))}`],
          ['two nonces', `?nonce=${encoded(16)}&nonce=${encoded(16)}`],
        ],
        async (query) => refused(await ask(query), { status: 400, reason: 'BadRequest' }),
      );
      status(await ask(`?nonce=${encoded(16)}`), 200);
      status(await ask(`?nonce=${encoded(64)}`), 200);
    },
  ),

  check(
    'MS-ATT-004',
    'the document is signed by a certificate under the pinned root',
    { mutants: ['attestation-unsigned'] },
    async (t: CheckContext) => {
      const root = pinnedRoot(t);
      const signed = await attest(t);
      equal('faults of the certificate chain', chainFaults(signed, root, Date.now()), []);
      ok(
        'the leaf signed the document',
        isSignedBy(new X509Certificate(signed.document.certificate), signed),
      );
    },
  ),

  check(
    'MS-ATT-005',
    'PCR0 to PCR2 are those expected on chain',
    { mutants: ['attestation-other-pcrs'] },
    async (t) => {
      const { document } = await attest(t);
      const endpoint = await t.chain.object('NautilusEndpoint', t.world.chain.ids.endpoint);
      const attested = [0, 1, 2].map((index) => hex(document.pcrs.get(index)));
      equal('PCR0 to PCR2', attested, endpoint.expected_pcrs.map(hex));
      for (const pcr of attested)
        ok('it is 48 bytes, not all zero', /^(?!0{96})[0-9a-f]{96}$/.test(pcr), { got: pcr });
    },
  ),

  check(
    'MS-ATT-006',
    'public_key is the key registered on chain',
    { mutants: ['attested-key-swapped'] },
    async (t) => {
      const { document } = await attest(t);
      const endpoint = await t.chain.object('NautilusEndpoint', t.world.chain.ids.endpoint);
      equal('bytes of the key', document.public_key?.length, 32);
      equal(
        'the attested key',
        Buffer.from(document.public_key ?? []).toString('hex'),
        Buffer.from(endpoint.public_key).toString('hex'),
      );
    },
  ),

  check(
    'MS-ATT-007',
    'the document’s timestamp is the present time',
    { mutants: ['attestation-old'] },
    async (t) => {
      for (let times = 0; times < 2; times += 1) {
        const { document } = await attest(t);
        const off = Math.abs(document.timestamp - Date.now());
        ok('the timestamp is at most 30 s off', off <= 30_000, {
          wanted: Date.now(),
          got: document.timestamp,
        });
      }
    },
  ),

  check(
    'MS-ATT-008',
    'a simulated document says so and is not under Amazon’s root',
    { mutants: ['simulation-as-amazon'] },
    async (t: CheckContext) => {
      const root = new X509Certificate(pinnedRoot(t));
      const print = createHash('sha256').update(root.raw).digest('hex');
      t.needs('a target outside a TEE (this one is pinned to the AWS Nitro root)', print !== AWS_NITRO_ROOT);
      const { document } = await attest(t);
      const sources = [
        document.module_id,
        Buffer.from(document.user_data ?? []).toString('utf8'),
        root.subject,
        new X509Certificate(document.certificate).subject,
      ];
      ok(
        'module_id, user_data or a certificate’s name says that it is simulated',
        sources.some((text) => /simulat|development|not[- ]a[- ]tee/i.test(text)),
        { got: sources },
      );
      ok(
        'no certificate claims to be Amazon’s',
        !/aws\.nitro-enclaves|Amazon/i.test(sources.slice(2).join()),
        {
          got: sources,
        },
      );
    },
  ),

  check(
    'MS-ATT-009',
    'in production mode without a TEE the master refuses to start',
    { mutants: ['production-without-tee'], exclusive: true, timeoutMs: 60_000 },
    async (t: CheckContext) => {
      t.needs('a master that the suite can start', t.world.master?.startable === true);
      const root = new X509Certificate(pinnedRoot(t));
      const print = createHash('sha256').update(root.raw).digest('hex');
      t.needs('a machine without a TEE', print !== AWS_NITRO_ROOT);
      await t.control.stop({ part: 'master' });
      t.defer(async () => {
        await t.control.stop({ part: 'master' });
        await t.control.start({ part: 'master' });
      });
      await t.control.start({ part: 'master', env: { TEE_MODE: 'production' }, await: 'spawn' });
      const state = await eventually(
        'the end of a master in production mode without a TEE',
        async () => {
          const now = await t.control.state({ part: 'master' });
          return now.running ? undefined : now;
        },
        { withinMs: 15_000, intervalMs: 100 },
      );
      ok('the exit code is not 0', state.exit?.code !== 0, { got: state.exit });
      const { text } = await t.control.logs({ part: 'master' });
      ok('it says why', /TEE|enclave|nitro|attest/i.test(text), { got: text.slice(-500) });
    },
  ),
]);
