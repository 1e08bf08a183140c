import { json } from '../../gateway/http/reply.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'health-tells-version',
  defects: ['D21'],
  title: "The gateway's health paths tell version and uptime to anybody",
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    health: () => json(200, { status: 'ok', version: '0.1.0', uptime_seconds: Math.floor(process.uptime()) }),
  }),
};
