import type { Mutant } from '../types.ts';

/** Metrics name the wallets that ask. */
export const mutant: Mutant = {
  id: 'metrics-with-wallets',
  defects: [],
  title: 'Metrics name the wallets that ask',
  part: 'master',
  master: (seams) => ({
    ...seams,
    metrics: (text) => `${text}k3s_daas_wallet_requests_total{wallet="0x${'ab'.repeat(32)}"} 1\n`,
  }),
};
