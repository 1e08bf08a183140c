import type { JsonObject } from '../meta/json.ts';

/** Answer of /version. kubectl compares major and minor with its own. */
export const version: JsonObject = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.3+k3s-daas1',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2025-03-11T19:52:21Z',
  goVersion: 'go1.23.6',
  compiler: 'gc',
  platform: 'linux/amd64',
};
