import { check, defineChecks } from '../../runner/check.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { provenClaims } from './credentials.ts';
import { obey, requestsOf, setStage, startCustomer, TIMEOUT_MS } from './workers.ts';

const options = (...mutants: string[]) => ({ timeoutMs: TIMEOUT_MS, mutants });

export default defineChecks([
  check(
    'WK-START-006',
    'a registration carries a fresh credential, node_id, token and time',
    options('credential-reused-by-worker'),
    async (t) => {
      const stage = await setStage(t);
      const { fake, node } = stage;
      obey(t, fake, { on: 'register-worker', do: { answer: { status: 503, reason: 'ChainUnavailable' } } });
      await startCustomer(t, stage);
      const sent = await requestsOf(fake, 'register-worker', 2);
      const nonces = new Set<string>();
      for (const request of sent) {
        const { node_id, seal_token, timestamp } = request.json;
        equal('what it says', { node_id, seal_token }, { node_id: node.nodeId, seal_token: node.token });
        ok('timestamp is the present time', Math.abs(Number(timestamp) - request.at / 1000) <= 5, {
          got: timestamp,
        });
        const { cluster } = fake.cluster.ids;
        const claims = await provenClaims(request, { address: node.address, cluster, token: node.token });
        nonces.add(claims.nonce);
      }
      equal('the number of nonces', nonces.size, sent.length);
    },
  ),
]);
