// More reads than the master can serve: what counts is how many it serves.
import { arrive, options as optionsOf } from './lib/play.ts';

export { setup, warm } from './lib/play.ts';
export { handleSummary } from './lib/summary.ts';

export const options = optionsOf();

export default arrive;
