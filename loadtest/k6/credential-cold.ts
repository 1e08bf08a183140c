// Each arrival comes with a token that the gateway has never seen; each session is signed here.
import { arrive, options as optionsOf } from './lib/play.ts';

export { setup, warm } from './lib/play.ts';
export { handleSummary } from './lib/summary.ts';

export const options = optionsOf();

export default arrive;
