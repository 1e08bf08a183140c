import { badRequest } from '../errors.ts';
import type { KubeObject } from '../meta/objects.ts';

export type FieldGetters = Readonly<Record<string, (object: KubeObject) => string>>;
export type FieldMatcher = (object: KubeObject) => boolean;

export interface FieldSelector {
  matches: FieldMatcher;
  /** Value that `metadata.name` must have, when the selector says so. */
  name: string | undefined;
}

/**
 * Reads `a.b=c,d.e!=f`; `\` escapes `\`, `,` and `=`. Throws BadRequest for syntax and for a field that
 * `getters` does not know.
 */
export function parseFieldSelector(text: string, getters: FieldGetters): FieldSelector {
  const tests: FieldMatcher[] = [];
  let name: string | undefined;
  for (const term of splitTerms(text)) {
    const parsed = /^(?<field>[^=!]+?)(?<operator>==|!=|=)(?<value>.*)$/su.exec(term)?.groups;
    if (parsed === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const field = parsed['field'] ?? '';
    const value = unescape(parsed['value'] ?? '', text);
    const negated = parsed['operator'] === '!=';
    const get = Object.hasOwn(getters, field) ? getters[field] : undefined;
    if (get === undefined) throw badRequest(`field label not supported: ${field}`);
    if (field === 'metadata.name' && !negated) name = value;
    tests.push((object) => (get(object) === value) !== negated);
  }
  return { matches: (object) => tests.every((test) => test(object)), name };
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === ',') {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(text.slice(start));
  return terms.filter((term) => term !== '');
}

function unescape(value: string, text: string): string {
  if (/(?<!\\)(?:\\\\)*[=,]/u.test(value) || /(?<!\\)(?:\\\\)*\\(?![\\,=])/u.test(value)) {
    throw badRequest(`invalid selector: '${text}'; invalid escape sequence or character in '${value}'`);
  }
  return value.replaceAll(/\\(?<escaped>[\\,=])/gu, '$<escaped>');
}
