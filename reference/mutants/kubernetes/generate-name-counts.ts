import { rewritten, withBody, inside } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

let made = 0;

export const mutant: Mutant = {
  id: 'generate-name-counts',
  defects: [],
  title: 'generateName gets a number',
  part: 'master',
  master: rewritten((request) =>
    request.method === 'POST'
      ? withBody(request, (body) => {
          const metadata = inside(body, 'metadata');
          if (metadata['name'] === undefined && typeof metadata['generateName'] === 'string') {
            made += 1;
            metadata['name'] = `${metadata['generateName']}${made}`;
          }
        })
      : request,
  ),
};
