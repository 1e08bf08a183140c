import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../runner/context.ts';
import { loadBundled } from '../target/bundled.ts';
import { World } from '../target/world.ts';
import { command } from './commands.ts';
import { compareSides } from './compare.ts';
import { gatewayEndpoint, peerEndpoint, type Endpoint } from './endpoint.ts';
import { Peer } from './peer.ts';

const seed = Number(process.env['PEER_SEED'] ?? 1);
const numRuns = Number(process.env['PEER_RUNS'] ?? 30);

/** Needs what `.ci/peer` installs; PEER_RUNS and PEER_SEED make it longer, or another one. */
describe.skipIf(!process.env['PEER_APISERVER'])('Kubernetes’ own API machinery and the reference', () => {
  const stack = new AsyncDisposableStack();
  let peer: Endpoint;
  let target: Endpoint;

  beforeAll(async () => {
    peer = peerEndpoint(stack.use(await Peer.start()));
    // A known defect of the reference, to see that the comparison finds it.
    const mutant = process.env['PEER_MUTANT'];
    const world = stack.use(
      await World.start({
        target: await loadBundled(),
        seed,
        strict: false,
        progress: () => undefined,
        env: mutant === undefined ? {} : { K3S_DAAS_MUTANT: mutant },
      }),
    );
    const session = stack.use(new Session(world.info));
    target = gatewayEndpoint(session, await session.actors.fresh('admin'));
  }, 120_000);

  afterAll(() => stack.disposeAsync());

  it('answer the same to random requests', { timeout: 60_000 + numRuns * 10_000 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 20 }), async (commands) => {
        const disagreement = await compareSides(peer, target, `peer-${(run += 1)}`, commands);
        expect(disagreement).toBeUndefined();
      }),
      { seed, numRuns, endOnFailure: process.env['CI'] === 'true' },
    );
  });
});
