export { readClientCa, readClientCertificate } from './client-certificate.ts';
export type { ClientCertificate } from './client-certificate.ts';
export { ensureServerCertificate } from './server-certificate.ts';
export type { ServerCertificate } from './server-certificate.ts';
