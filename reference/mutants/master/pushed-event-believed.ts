import type { ChainEvent } from '../../chain/types.ts';
import type { Mutant } from '../types.ts';

/** Pushed events are acted on without looking at the chain. */
export const mutant: Mutant = {
  id: 'pushed-event-believed',
  defects: ['D37'],
  title: 'Pushed events are acted on without looking at the chain',
  part: 'master',
  master: (seams) => ({
    ...seams,
    onHint: async (events, processor) => {
      for (const pushed of events) {
        const event = asChainEvent(pushed);
        if (event !== undefined) await processor.apply(event).catch(() => undefined);
      }
    },
  }),
};

/** Pushes come in several dialects: the fields stand in the event itself, or under one of these names. */
function asChainEvent(pushed: Record<string, unknown>): ChainEvent | undefined {
  const type = [pushed['type'], pushed['event_type'], pushed['name']].find(
    (name) => typeof name === 'string',
  );
  if (typeof type !== 'string') return undefined;
  const inner = [pushed['data'], pushed['fields'], pushed['parsed_json'], pushed['json']].find(
    (fields) => typeof fields === 'object' && fields !== null,
  );
  return {
    module: type.split('::').at(-2) ?? '',
    name: type.split('::').at(-1) ?? '',
    type,
    data: { ...pushed, ...inner },
    sender: '',
    checkpoint: 0n,
    timestampMs: 0,
    txDigest: String(pushed['tx_digest']),
    eventSeq: Number(pushed['event_seq']),
  };
}
