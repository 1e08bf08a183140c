/** JSON as this parser yields it; objects become Maps, so that no key can touch a prototype. */
export type StrictJson = null | boolean | number | string | StrictJson[] | Map<string, StrictJson>;

export type StrictJsonResult = { ok: true; value: StrictJson } | { ok: false; error: string };

export interface StrictJsonOptions {
  /** Deepest nesting of objects and arrays; 1 is a flat object. Default 32. */
  maxDepth?: number;
  /** Spelling that every number must have. Default: JSON's own. */
  number?: RegExp;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NEEDS_CARE = /[\\\p{Cc}]/u;
const SPACE = /[ \t\n\r]*/y;
const WORDS = { true: true, false: false, null: null } as const;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses UTF-8 JSON and refuses what JSON.parse lets through: duplicate keys, a byte order mark,
 * bytes that are no UTF-8, unlimited nesting. Never throws.
 */
export function parseStrictJson(
  bytes: Uint8Array | string,
  options: StrictJsonOptions = {},
): StrictJsonResult {
  try {
    const text = typeof bytes === 'string' ? bytes : utf8.decode(bytes);
    const reader = new Reader(text, options.maxDepth ?? 32, options.number);
    return { ok: true, value: reader.document() };
  } catch (error) {
    return { ok: false, error: error instanceof JsonFault ? error.message : 'not UTF-8' };
  }
}

/** Strict JSON as plain objects without a prototype, for schema libraries. Same refusals. */
export function parseStrictJsonPlain(
  bytes: Uint8Array | string,
  options: StrictJsonOptions = {},
): { ok: true; value: unknown } | { ok: false; error: string } {
  const result = parseStrictJson(bytes, options);
  return result.ok ? { ok: true, value: toPlain(result.value) } : result;
}

function toPlain(value: StrictJson): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  const plain: Record<string, unknown> = {};
  for (const [key, item] of value) {
    // defineProperty, since assigning to __proto__ would call its setter
    Object.defineProperty(plain, key, {
      value: toPlain(item),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return plain;
}

class JsonFault extends Error {}

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #number: RegExp | undefined;
  #at = 0;

  constructor(text: string, maxDepth: number, number: RegExp | undefined) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#number = number;
  }

  document(): StrictJson {
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) this.#fail('characters after the value');
    return value;
  }

  #value(depth: number): StrictJson {
    this.#space();
    const next = this.#text[this.#at];
    if (next === '{' || next === '[') {
      if (depth >= this.#maxDepth) this.#fail('nested too deeply');
      this.#at += 1;
      return next === '{' ? this.#object(depth + 1) : this.#array(depth + 1);
    }
    if (next === '"') return this.#string();
    for (const [word, value] of Object.entries(WORDS)) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#numeral();
  }

  #object(depth: number): Map<string, StrictJson> {
    const fields = new Map<string, StrictJson>();
    if (this.#skip('}')) return fields;
    for (;;) {
      this.#space();
      const key = this.#string();
      if (fields.has(key)) this.#fail('duplicate key');
      if (!this.#skip(':')) this.#fail('colon expected');
      fields.set(key, this.#value(depth));
      if (this.#skip('}')) return fields;
      if (!this.#skip(',')) this.#fail('comma or } expected');
    }
  }

  #array(depth: number): StrictJson[] {
    const items: StrictJson[] = [];
    if (this.#skip(']')) return items;
    for (;;) {
      items.push(this.#value(depth));
      if (this.#skip(']')) return items;
      if (!this.#skip(',')) this.#fail('comma or ] expected');
    }
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') this.#fail('string expected');
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    if (end === -1) this.#fail('string without an end');
    const plain = this.#text.slice(start + 1, end);
    if (!NEEDS_CARE.test(plain)) {
      this.#at = end + 1;
      return plain;
    }
    for (end = start + 1; this.#text[end] !== '"'; end += this.#text[end] === '\\' ? 2 : 1) {
      if (end >= this.#text.length) this.#fail('string without an end');
    }
    this.#at = end + 1;
    return this.#unescape(this.#text.slice(start, end + 1));
  }

  #unescape(token: string): string {
    try {
      return String(JSON.parse(token));
    } catch {
      return this.#fail('bad character or escape in a string');
    }
  }

  #numeral(): number {
    const token = this.#match(NUMBER);
    if (token === undefined || (this.#number && !this.#number.test(token))) this.#fail('value expected');
    return Number(token);
  }

  #skip(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#at += token.length;
    return token;
  }

  #fail(what: string): never {
    throw new JsonFault(`${what} at character ${this.#at}`);
  }
}
