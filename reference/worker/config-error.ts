/** The configuration cannot be used; the process ends with code 2. The message never quotes a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
