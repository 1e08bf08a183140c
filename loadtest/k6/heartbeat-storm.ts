// Heartbeats of many workers, one-shot credentials from the pool that was signed before the run.
import { arrive, options as optionsOf } from './lib/play.ts';

export { setup, warm } from './lib/play.ts';
export { handleSummary } from './lib/summary.ts';

export const options = optionsOf();

export default arrive;
