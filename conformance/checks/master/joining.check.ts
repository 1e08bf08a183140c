import { joinMessage, signedBy } from '../../drivers/enclave-signature.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { equal, ok, status } from '../../runner/expectations.ts';
import { joinOf } from '../../world/played-node.ts';

export default defineChecks([
  check('MS-JOIN-001', 'a registration answers with join data', { mutants: ['join-missing'] }, async (t) => {
    const worker = await t.actors.fresh('node');
    const answer = await t.master.register(worker);
    status(answer, 200);
    const join = joinOf(t, answer);
    ok('server is a URL', URL.canParse(join.server), { got: join.server });
    ok('there is a token', join.token.length >= 16, { got: join.token.length });
  }),

  check(
    'MS-JOIN-004',
    'join data is signed with the enclave’s key',
    { mutants: ['join-signed-wrongly'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      const answer = await t.master.register(worker);
      status(answer, 200);
      const join = joinOf(t, answer);
      const endpoint = await t.chain.object('NautilusEndpoint', t.world.chain.ids.endpoint);
      equal('the key version', String(join['key_version']), String(endpoint.key_version));
      const message = joinMessage({
        nodeId: worker.nodeId,
        server: join.server,
        token: join.token,
        keyVersion: Number(join['key_version']),
        timestampMs: Number(join['timestamp_ms']),
      });
      const signature = Buffer.from(String(join['signature']), 'base64url');
      ok(
        'the key on chain made the signature',
        signedBy(Uint8Array.from(endpoint.public_key), message, signature),
      );
    },
  ),
]);
