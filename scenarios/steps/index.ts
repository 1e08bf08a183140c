import type { Step } from '../step.ts';
import { actorSteps } from './actors.ts';
import { burstSteps } from './burst.ts';
import { enclaveSteps } from './enclave.ts';
import { faultSteps } from './faults.ts';
import { partSteps } from './parts.ts';
import { podSteps } from './pods.ts';
import { requestSteps } from './requests.ts';
import { trafficSteps } from './traffic.ts';
import { watchSteps } from './watches.ts';
import { workerSteps } from './workers.ts';

/** Every kind of step that a scenario may use. */
export const STEPS: readonly Step[] = [
  ...actorSteps,
  ...workerSteps,
  ...podSteps,
  ...requestSteps,
  ...watchSteps,
  ...trafficSteps,
  ...burstSteps,
  ...partSteps,
  ...faultSteps,
  ...enclaveSteps,
];
