import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'permission-by-prefix',
  defects: ['D42'],
  title: 'A permission opens everything whose name begins like it',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    permits: (held, required) => {
      const [wanted = ''] = required.split(':', 1);
      return held.some((permission) => {
        const [resource = '', mode] = permission.split(':', 2);
        return (
          resource === '*' || (wanted.startsWith(resource) && (mode === '*' || required.endsWith(`:${mode}`)))
        );
      });
    },
  }),
};
