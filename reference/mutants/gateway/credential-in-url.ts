import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'credential-in-url',
  defects: [],
  title: 'A credential may stand in the query, where every log and proxy sees it',
  part: 'gateway',
  gateway: asked((request) => {
    const given = new URLSearchParams(request.query);
    const value = [...given.values()].find((text) => /^(?:Bearer )?seal1\./.test(text));
    if (value === undefined || request.headers['authorization'] !== undefined) return request;
    const rawHeaders = [...request.rawHeaders, 'authorization', `Bearer ${value.replace(/^Bearer /, '')}`];
    return { ...request, query: '', rawHeaders };
  }),
};
