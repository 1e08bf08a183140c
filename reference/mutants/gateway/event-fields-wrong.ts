import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'event-fields-wrong',
  defects: ['D34'],
  title: 'Namespace and resource change places on chain',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    chainCommand: (command, body) => {
      const { namespace, resourceType, ...rest } = seams.chainCommand(command, body);
      return { ...rest, namespace: resourceType, resourceType: namespace === '' ? resourceType : namespace };
    },
  }),
};
