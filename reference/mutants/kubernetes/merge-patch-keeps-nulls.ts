import { rewritten } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]));
}

export const mutant: Mutant = {
  id: 'merge-patch-keeps-nulls',
  defects: [],
  title: 'A null in a merge patch removes nothing',
  part: 'master',
  master: rewritten((request) =>
    request.headers['content-type'] === 'application/merge-patch+json'
      ? {
          ...request,
          body: Buffer.from(
            JSON.stringify(withoutNulls(JSON.parse(Buffer.from(request.body).toString('utf8')))),
          ),
        }
      : request,
  ),
};
