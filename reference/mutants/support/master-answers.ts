import type { MasterAnswer } from '../../worker/master-client.ts';

type Change = (answer: MasterAnswer) => MasterAnswer;

/** Lets a change begin with the first heartbeat that was acknowledged. */
export function onceBeating(change: Change): Change {
  let beating = false;
  return (answer) => {
    beating ||= Buffer.from(answer.body).includes('acknowledged');
    return beating ? change(answer) : answer;
  };
}

/** A 503 as if the master did not know the node. */
export const unknownForUnavailable: Change = (answer) =>
  answer.status === 503
    ? {
        ...answer,
        status: 404,
        body: Buffer.from('{"error":{"reason":"UnknownNode","message":"","code":404}}'),
      }
    : answer;

/** Join data with another token than the one that was given. */
export const withoutJoinToken: Change = (answer) => ({
  ...answer,
  body: Buffer.from(
    Buffer.from(answer.body)
      .toString('utf8')
      .replace(/"token":"[^"]*"/, '"token":"none"'),
  ),
});
