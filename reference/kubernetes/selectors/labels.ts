import { badRequest } from '../errors.ts';
import type { LabelSelector } from '../meta/objects.ts';
import { labelValueProblem, qualifiedNameProblem } from '../meta/names.ts';

export type Labels = Readonly<Record<string, string>>;
export type LabelMatcher = (labels: Labels | undefined) => boolean;

type Requirement = (value: string | undefined) => boolean;

const everything: LabelMatcher = () => true;

/**
 * Reads a selector in kubectl's syntax: `a=b, c!=d, e in (f,g), h notin (i), j, !k, l>1, m<2`.
 * Throws BadRequest.
 */
export function parseLabelSelector(text: string): LabelMatcher {
  if (text.trim() === '') return everything;
  const requirements = splitTopLevel(text).map((part) => parseRequirement(part.trim()));
  return (labels) => requirements.every(([key, test]) => test(valueOf(labels, key)));
}

/** The matcher of an object's `selector` field; an absent one matches nothing, an empty one everything. */
export function matcherOf(selector: LabelSelector | undefined): LabelMatcher {
  if (selector === undefined) return () => false;
  const tests: [string, Requirement][] = Object.entries(selector.matchLabels ?? {}).map(([key, wanted]) => [
    key,
    (value) => value === wanted,
  ]);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    tests.push([key, operatorTest(operator, values)]);
  }
  return (labels) => tests.every(([key, test]) => test(valueOf(labels, key)));
}

/** A selector as kubectl's text, as the scale subresource reports it. */
export function formatLabelSelector(selector: LabelSelector): string {
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${operator.toLowerCase()} (${values.join(',')})`);
  }
  return parts.join(',');
}

function operatorTest(operator: string, values: readonly string[]): Requirement {
  switch (operator) {
    case 'In':
      return (value) => value !== undefined && values.includes(value);
    case 'NotIn':
      return (value) => value === undefined || !values.includes(value);
    case 'Exists':
      return (value) => value !== undefined;
    case 'DoesNotExist':
      return (value) => value === undefined;
    default:
      return () => false;
  }
}

function valueOf(labels: Labels | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** Commas within parentheses separate values, the others requirements. */
function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

const SET = /^(?<key>[^\s!=<>(),]+)\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$/u;
const COMPARE = /^(?<key>[^\s!=<>(),]+)\s*(?<operator>==|=|!=|>|<)\s*(?<value>[^\s!=<>(),]*)$/u;
const EXISTS = /^(?<not>!?)\s*(?<key>[^\s!=<>(),]+)$/u;

function parseRequirement(text: string): [string, Requirement] {
  const set = SET.exec(text)?.groups;
  if (set) {
    const values = (set['values'] ?? '').split(',').map((value) => checkedValue(value.trim(), text));
    return [
      checkedKey(set['key'] ?? '', text),
      operatorTest(set['operator'] === 'in' ? 'In' : 'NotIn', values),
    ];
  }
  const compare = COMPARE.exec(text)?.groups;
  if (compare) {
    const value = checkedValue(compare['value'] ?? '', text);
    return [checkedKey(compare['key'] ?? '', text), compareTest(compare['operator'] ?? '', value, text)];
  }
  const exists = EXISTS.exec(text)?.groups;
  if (exists) {
    return [
      checkedKey(exists['key'] ?? '', text),
      operatorTest(exists['not'] === '!' ? 'DoesNotExist' : 'Exists', []),
    ];
  }
  throw unreadable(text);
}

function compareTest(operator: string, wanted: string, text: string): Requirement {
  if (operator === '!=') return operatorTest('NotIn', [wanted]);
  if (operator !== '>' && operator !== '<') return operatorTest('In', [wanted]);
  if (!/^-?\d+$/u.test(wanted)) throw unreadable(text);
  const bound = BigInt(wanted);
  return (value) => {
    if (value === undefined || !/^-?\d+$/u.test(value)) return false;
    return operator === '>' ? BigInt(value) > bound : BigInt(value) < bound;
  };
}

function checkedKey(key: string, text: string): string {
  if (qualifiedNameProblem(key) !== undefined) throw unreadable(text);
  return key;
}

function checkedValue(value: string, text: string): string {
  if (labelValueProblem(value) !== undefined) throw unreadable(text);
  return value;
}

const unreadable = (text: string): Error =>
  badRequest(`unable to parse requirement: ${JSON.stringify(text)} is no label selector`);
