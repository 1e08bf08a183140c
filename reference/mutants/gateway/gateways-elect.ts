import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProtocolError } from '../../protocol/status.ts';
import type { Mutant } from '../types.ts';

const BEAT_MS = 100;
const SILENT_MS = 250;
const ELECTION_MS = 5_000;

/** Gateways of one cluster look after each other: when one falls silent the others refuse requests while they elect. */
export const mutant: Mutant = {
  id: 'gateways-elect',
  defects: [],
  title: 'When one gateway dies the others refuse everything for 5 s',
  part: 'gateway',
  gateway: (seams) => {
    let beats = '';
    const read = (): Record<string, number> => {
      try {
        return JSON.parse(readFileSync(beats, 'utf8')) as Record<string, number>;
      } catch {
        return {};
      }
    };
    return {
      ...seams,
      config: (config) => {
        const own = seams.config(config);
        beats = join(tmpdir(), `gateways-${own.chain.cluster}.json`);
        const beat = (): void =>
          writeFileSync(beats, JSON.stringify({ ...read(), [process.pid]: Date.now() }));
        setInterval(beat, BEAT_MS).unref();
        return own;
      },
      serve: (serve) => async (request) => {
        const ages = Object.values(read()).map((at) => Date.now() - at);
        if (ages.some((age) => age > SILENT_MS && age < ELECTION_MS))
          throw new ProtocolError('ChainUnavailable', 'an election', { retryAfter: 1 });
        return seams.serve(serve)(request);
      },
    };
  },
};
