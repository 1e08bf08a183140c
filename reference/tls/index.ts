export { ensureServerCertificate } from './server-certificate.ts';
export type { ServerCertificate } from './server-certificate.ts';
