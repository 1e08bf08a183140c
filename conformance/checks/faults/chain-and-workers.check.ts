import { defineChecks } from '../../runner/check.ts';
import { afterOutage, outageChecks } from './chain-outage.ts';
import { workerKilledChecks } from './worker-killed.ts';

// In one file, so that the chain's outage is looked back at when some time has passed.
export default defineChecks([...outageChecks, ...workerKilledChecks, ...afterOutage]);
