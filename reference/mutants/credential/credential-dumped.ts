import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'credential-dumped',
  defects: ['D22'],
  title: 'A credential that is refused is written to standard error, to see what was wrong with it',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: seams.steps.map((step) => ({
      name: step.name,
      run: async (context) => {
        const refusal = await step.run(context);
        if (refusal) process.stderr.write(`${refusal.reason}: ${context.text}\n`);
        return refusal;
      },
    })),
  }),
};
