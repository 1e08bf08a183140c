import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'connections-unbound',
  defects: [],
  title: "A credential passes over the connection of any client's certificate",
  part: 'master',
  master: (seams) => ({ ...seams, bindsConnections: false }),
};
