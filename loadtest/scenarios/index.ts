import { credentialCached, credentialCold } from './credentials.ts';
import { idleMemory } from './idle-memory.ts';
import { leaderCrash } from './leader-crash.ts';
import { apiReads, apiThroughput, spike } from './reads.ts';
import { nonceFlood, replayFlood } from './replays.ts';
import type { Scenario } from './scenario.ts';
import { scheduling } from './scheduling.ts';
import { slowClients } from './slow-clients.ts';
import { soak } from './soak.ts';
import { heartbeatStorm, heartbeatStorm10k } from './storms.ts';
import { watchHold } from './watch-hold.ts';
import { watchFanout } from './watches.ts';
import { contractWrites, mixed, tenThousandPods } from './writes.ts';

/** Every scenario, in the order in which they run: what fills the target's memory comes last. */
export const SCENARIOS: readonly Scenario[] = [
  idleMemory,
  apiReads,
  apiThroughput,
  credentialCold,
  credentialCached,
  mixed,
  contractWrites,
  scheduling,
  watchFanout,
  watchHold,
  slowClients,
  spike,
  soak,
  leaderCrash,
  heartbeatStorm,
  nonceFlood,
  replayFlood,
  heartbeatStorm10k,
  tenThousandPods,
];
