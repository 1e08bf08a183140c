import { addressOf } from './call.ts';

const ADMIN = 0xadn;
export const ADMIN_ADDRESS = addressOf(ADMIN);
export const USERS = [0x101n, 0x102n, 0x103n, 0x104n, 0x105n, 0x106n, 0x107n, 0x108n];
export const MASTERS = [0x3a1n, 0x3a2n];
export const GATEWAYS = [0x6a1n, 0x6a2n];
/** Everyone who calls. */
export const ACTORS = [ADMIN, ...USERS, ...MASTERS, ...GATEWAYS].map(addressOf);

export const SUI = 1_000_000_000n;
// Good values come first and oftener: a program in which everything fails shows little.
export const AMOUNTS = [
  100n * SUI,
  7n * SUI + 13n,
  10n * SUI,
  SUI,
  SUI / 2n,
  50n * SUI,
  20n * SUI,
  11n * SUI,
  10n * SUI - 1n,
  SUI - 1n,
  SUI / 2n - 1n,
  0n,
];
export const LONG_NAMES = ['x'.repeat(63), 'x'.repeat(64)];
export const GOOD_NODES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `node-${letter}`);
export const NODES = [...GOOD_NODES, ...GOOD_NODES, 'UPPER', '', 'under_score', '-dash', ...LONG_NAMES];
export const REASONS = ['offline', '', 'grüße', 'r'.repeat(300)];
export const TTLS = [3600n, 86_400n, 7200n, 31_536_000n, 60n, 0n, 31_536_001n];
export const URLS = ['https://m.example', 'https://n.example:8443', 'https://o.example', ''];
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'get', ''];
export const PATHS = ['/api/v1/pods', '/api/v1/namespaces/a/services', '/', 'api', '', '/a?b'];
export const RESOURCES = ['pods', 'services', 'nodes', 'secrets', ''];
export const CLUSTERS = ['prod', 'x', 'y', 'z', '', 'n'.repeat(63), 'n'.repeat(64), 'grün'];
export const PERMISSIONS = [
  ['pods:read'],
  ['pods:read', 'pods:write'],
  ['*:*'],
  [],
  ['nodes:read', 'services:write'],
];
export const COMMANDS = ['get', 'create', 'list', 'delete', 'watch', 'update', 'patch', 'exec', ''];
export const STATUS_CODES = [200n, 404n, 100n, 599n, 99n, 600n];
