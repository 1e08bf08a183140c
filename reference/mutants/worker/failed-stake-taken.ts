import type { SealToken, StakeRecord } from '../../chain/types.ts';
import { replaced } from '../support/replaced.ts';
import { delegate } from '../support/chain-calls.ts';
import type { Mutant } from '../types.ts';

const ID = `0x${'1'.repeat(64)}`;
const RECORD: StakeRecord = {
  id: ID,
  staker: ID,
  amount: 2_000_000_000n,
  stakedAt: 0n,
  lockedUntil: 0n,
  status: 'active',
  nodeId: '',
  stakeType: 'node',
};
const made = { digest: '', events: [], created: [], gasUsed: 0n, stakeRecord: ID, token: ID };

/** The worker does not look whether its transactions succeeded. */
export const mutant: Mutant = {
  id: 'failed-stake-taken',
  defects: ['D34'],
  title: 'The worker does not look whether its transactions succeeded',
  part: 'worker',
  worker: (seams) => {
    let endpoint = '';
    const token = (): SealToken => ({
      id: ID,
      owner: ID,
      stakeRecord: ID,
      nodeId: '',
      stakeAmount: RECORD.amount,
      stakeType: 'node',
      permissions: [],
      issuedAt: 0,
      expiresAt: 4e9,
      revoked: false,
      nautilusEndpoint: endpoint,
    });
    return {
      ...seams,
      commands: (commands, context) => {
        ({ endpoint } = context.ids);
        return {
          ...delegate(seams.commands(commands, context)),
          stakeForNode: (args, options) => commands.stakeForNode(args, options).catch(() => made),
          createSealToken: (args, options) => commands.createSealToken(args, options).catch(() => made),
        };
      },
      reader: (reader) =>
        replaced(reader, {
          stakeRecord: () => Promise.resolve(RECORD),
          sealToken: () => Promise.resolve(token()),
        }),
      nautilusInfo: (_read, url) => () =>
        Promise.resolve({
          url,
          publicKey: new Uint8Array(32),
          keyVersion: 1n,
          expectedPcrs: [new Uint8Array(48), new Uint8Array(48), new Uint8Array(48)],
          active: true,
        }),
    };
  },
};
