export { ConfigError, loadGatewayConfig, parseGatewayConfig } from './config.ts';
export type { GatewayConfig } from './config.ts';
export { DEFAULT_SEAMS } from './default-seams.ts';
export { createGateway } from './gateway.ts';
export type { Gateway, GatewayDeps } from './gateway.ts';
export { kubeconfig } from './kubeconfig.ts';
export type { KubeconfigOptions } from './kubeconfig.ts';
export type { GatewaySeams } from './seams.ts';
export { startGateway } from './start.ts';
