// Reads of one object at the master, at a constant arrival rate. The session is signed here and used again.
import { arrive, options as optionsOf } from './lib/play.ts';

export { setup, warm } from './lib/play.ts';
export { handleSummary } from './lib/summary.ts';

export const options = optionsOf();

export default arrive;
