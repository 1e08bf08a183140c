import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { check, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { WorkerRequest } from '../../target/worker-pool.ts';
import { endOfStart, onStage, targetsOf, TIMEOUT_MS, type Stage } from './workers.ts';

interface Row {
  change: WorkerRequest;
  /** What its message must name. */
  names?: RegExp;
}
type Rows = readonly (readonly [string, Row])[];

/** Starts a worker with each of these changes: it must end with a message, and ask nobody for anything. */
const refusing = (
  id: string,
  title: string,
  mutants: string[],
  rows: Rows | ((t: CheckContext, stage: Stage) => Promise<Rows>),
): Check =>
  check(id, title, { timeoutMs: TIMEOUT_MS, mutants }, (t) =>
    onStage(t, async (stage) => {
      const from = stage.fake.requests.length;
      const balance = await t.chain.balance(stage.node.address);
      await eachRow(typeof rows === 'function' ? await rows(t, stage) : rows, async ({ change, names }) => {
        const { words } = await endOfStart(t, stage, change);
        ok('it says why', words.trim() !== '' && (names?.test(words) ?? true), {
          wanted: String(names ?? 'a message'),
          got: words.slice(-600),
        });
        equal('what the master was asked', targetsOf(stage.fake.requests.slice(from)), []);
      });
      equal('the balance of its wallet', await t.chain.balance(stage.node.address), balance);
    }),
  );

const config = (fields: Record<string, unknown>): WorkerRequest => ({ config: fields });

/** Configurations that a worker must refuse before it asks anybody for anything. */
export const configurationChecks: readonly Check[] = [
  refusing(
    'WK-CFG-003',
    'an unknown field stops the start',
    ['config-unknown-allowed'],
    [['unknown', { change: config({ stake_ammount: 2_000_000_000 }), names: /stake_ammount/ }]],
  ),
  refusing(
    'WK-CFG-004',
    'a missing or malformed field stops the start',
    ['config-defaults'],
    [
      ['missing', { change: config({ min_stake_amount: null }), names: /min_stake_amount/ }],
      ['malformed', { change: config({ contract_address: 7 }), names: /contract_address/ }],
    ],
  ),
  refusing(
    'WK-CFG-005',
    'a stake below either minimum stops the start',
    ['min-stake-1000-mist'],
    [
      [
        'below the contract’s',
        { change: config({ stake_amount: 999_999_999, min_stake_amount: 1_000 }), names: /stake/ },
      ],
      [
        'below its own',
        {
          change: config({ stake_amount: 1_500_000_000, min_stake_amount: 1_500_000_001 }),
          names: /stake/,
        },
      ],
    ],
  ),
  refusing(
    'WK-CFG-006',
    'a key of another address stops the start',
    ['foreign-key-accepted'],
    [['another key', { change: config({ sui_private_key: new Ed25519Keypair().getSecretKey() }) }]],
  ),
  refusing(
    'WK-CFG-007',
    'a key that others can read stops the start',
    ['open-files-accepted'],
    async (t, stage) => {
      const dir = await mkdtemp(join(tmpdir(), 'daas-keystore-'));
      t.defer(() => rm(dir, { recursive: true, force: true }));
      const keystore = join(dir, 'key');
      await writeFile(keystore, (stage.node.signer as Ed25519Keypair).getSecretKey(), { mode: 0o604 });
      return [
        ['a configuration that the group can read', { change: { configMode: 0o640 } }],
        ['a key file that others can read', { change: config({ sui_private_key: { keystore } }) }],
      ];
    },
  ),
  refusing(
    'WK-CFG-008',
    'a node_id that is no DNS-1123 label stops the start',
    ['node-id-bent'],
    [['capitals', { change: config({ node_id: 'Node-1' }), names: /node_id/ }]],
  ),
];
