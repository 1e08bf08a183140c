import { IncomingMessage } from 'node:http';
import type { Mutant } from '../types.ts';

/** Takes a whole URL for a path that begins with the host. */
class PathMessage extends IncomingMessage {
  // Without a value: node's own constructor sets the URL first.
  declare target: string;

  // @ts-expect-error node's is a field, which is set all the same
  override get url(): string {
    return this.target;
  }

  override set url(target: string) {
    this.target = target.replace(/^https?:\/\//, '/');
  }
}

export const mutant: Mutant = {
  id: 'absolute-form-misread',
  defects: [],
  title: 'A whole URL on the request line is taken for a path that begins with the host',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, IncomingMessage: PathMessage }),
  }),
};
