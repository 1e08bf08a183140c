const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/u;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/u;
const NAME_PART = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/u;

/** How a kind's names must look. */
export type NameRule = 'subdomain' | 'label' | 'label1035';

/** What is wrong with an object's name, or undefined. */
export function nameProblem(name: string, rule: NameRule): string | undefined {
  switch (rule) {
    case 'label':
      return name.length <= 63 && LABEL.test(name)
        ? undefined
        : `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;
    case 'label1035':
      return name.length <= 63 && LABEL_1035.test(name)
        ? undefined
        : `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`;
    case 'subdomain':
      return name.length <= 253 && SUBDOMAIN.test(name)
        ? undefined
        : `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
    default:
      return rule satisfies never;
  }
}

/** Keys of labels and annotations, finalizers, taints: an optional DNS prefix and a name. */
export function qualifiedNameProblem(key: string): string | undefined {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2)
    return `a qualified name must consist of alphanumeric characters, '-', '_' or '.', with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  if (parts.length === 2 && nameProblem(parts[0] ?? '', 'subdomain') !== undefined) {
    return `prefix part ${nameProblem(parts[0] ?? '', 'subdomain')}`;
  }
  if (name.length > 63) return 'name part must be no more than 63 characters';
  return NAME_PART.test(name)
    ? undefined
    : `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
}

export function labelValueProblem(value: string): string | undefined {
  if (value.length > 63) return 'must be no more than 63 characters';
  return value === '' || NAME_PART.test(value)
    ? undefined
    : `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;
}

/** Keys of config maps and secrets. */
export function configKeyProblem(key: string): string | undefined {
  if (key === '.' || key === '..' || key.startsWith('..'))
    return `a valid config key must not start with '..'`;
  return key.length <= 253 && /^[-._a-zA-Z0-9]+$/u.test(key)
    ? undefined
    : `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`;
}

export function portProblem(port: number): string | undefined {
  return port >= 1 && port <= 65_535 ? undefined : 'must be between 1 and 65535, inclusive';
}

/** Names of ports: up to 15 lower-case letters, digits and single hyphens with a letter among them. */
export function portNameProblem(name: string): string | undefined {
  return name.length <= 15 && LABEL.test(name) && /[a-z]/u.test(name) && !name.includes('--')
    ? undefined
    : 'must be no more than 15 characters, of lower-case alphanumerics and single hyphens, with at least one letter';
}

const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters for generateName, without vowels so that no words appear. */
export function nameSuffix(random: (size: number) => Uint8Array): string {
  return Array.from(random(5), (byte) => NAME_ALPHABET[byte % NAME_ALPHABET.length]).join('');
}

/** A version 4 UUID from 16 random bytes. */
export function uuid(random: (size: number) => Uint8Array): string {
  const bytes = Uint8Array.from(random(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
