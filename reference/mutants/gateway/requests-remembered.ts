import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'requests-remembered',
  defects: ['D23'],
  title: 'Something of every request is kept for ever',
  part: 'gateway',
  gateway: (seams) => {
    const kept: unknown[] = [];
    return {
      ...seams,
      serve: (serve) => (request) => {
        kept.push(Buffer.alloc(32_768, request.path));
        return seams.serve(serve)(request);
      },
    };
  },
};
