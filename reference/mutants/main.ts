import { listMutants } from './index.ts';

// Says which mutants there are, for whoever runs them from outside.
const mutants = await listMutants();
process.stdout.write(
  `${JSON.stringify(mutants.map(({ id, defects, title }) => ({ id, defects, title })))}\n`,
);
