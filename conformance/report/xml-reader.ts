/** An element of a well-formed XML document: what the tests of the JUnit writer look at. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the part of XML 1.0 that has elements, attributes and text. Throws SyntaxError for whatever is not well-formed. */
export function readXml(xml: string): XmlElement {
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) {
    throw new SyntaxError('a character that XML does not allow');
  }
  let at = 0;
  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at ${at}: ${JSON.stringify(xml.slice(at, at + 40))}`);
  };
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(xml) ?? undefined;
    if (match !== undefined) at = pattern.lastIndex;
    return match;
  };
  const decode = (raw: string): string => {
    if (raw.includes('<') || /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(raw)) fail('an unescaped < or &');
    return raw.replaceAll(/&(#?)(\w+);/g, (_, hash: string, name: string) =>
      hash === '' ? (ENTITIES[name] ?? fail('unknown entity')) : String.fromCodePoint(Number(name)),
    );
  };
  const element = (): XmlElement => {
    const name = take(/<([A-Za-z][\w-]*)/y)?.[1] ?? fail('expected a tag');
    const attributes: Record<string, string> = {};
    for (
      let found = take(/\s+([\w-]+)="([^"]*)"/y);
      found !== undefined;
      found = take(/\s+([\w-]+)="([^"]*)"/y)
    ) {
      const [, key = '', value = ''] = found;
      if (key in attributes) fail(`attribute ${key} twice`);
      attributes[key] = decode(value);
    }
    if (take(/\s*\/>/y) !== undefined) return { name, attributes, children: [], text: '' };
    if (take(/\s*>/y) === undefined) fail('expected the end of a tag');
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      text += decode(take(/[^<]*/y)?.[0] ?? '');
      if (xml.startsWith('</', at)) break;
      children.push(element());
    }
    if (take(/<\/([\w-]+)\s*>/y)?.[1] !== name) fail(`expected the end of ${name}`);
    return { name, attributes, children, text };
  };
  if (take(/<\?xml version="1\.0" encoding="UTF-8"\?>\s*/y) === undefined) fail('expected the declaration');
  const root = element();
  take(/\s*/y);
  return at === xml.length ? root : fail('text after the end');
}
