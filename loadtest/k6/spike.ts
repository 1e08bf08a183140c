// A constant rate, twelve times that for a while, and the same again after it.
import { arrive, options as optionsOf } from './lib/play.ts';

export { setup, warm } from './lib/play.ts';
export { handleSummary } from './lib/summary.ts';

export const options = optionsOf();

export default arrive;
