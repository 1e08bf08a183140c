import { inside, kubernetes, withAnswer } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'uid-from-client',
  defects: [],
  title: 'An object has the uid that a client wrote into it',
  part: 'master',
  master: kubernetes((handle) => {
    const claimed = new Map<string, string>();
    return async (request) => {
      const uid = /"uid":"([^"]+)"/.exec(Buffer.from(request.body).toString('utf8'))?.[1];
      if (uid !== undefined && request.method === 'PUT') claimed.set(request.path, uid);
      const response = await handle(request);
      const given = claimed.get(request.path);
      return request.method !== 'GET' || given === undefined
        ? response
        : withAnswer(response, (body) => {
            inside(body, 'metadata')['uid'] = given;
          });
    };
  }),
};
