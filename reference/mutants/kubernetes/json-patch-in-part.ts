import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'json-patch-in-part',
  defects: [],
  title: 'A JSON patch that fails leaves what came before its fault',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const response = await handle(request);
    if (request.headers['content-type'] !== 'application/json-patch+json' || response.status < 400)
      return response;
    const [first] = JSON.parse(Buffer.from(request.body).toString('utf8')) as object[];
    await handle({ ...request, body: Buffer.from(JSON.stringify([first])) });
    return response;
  }),
};
