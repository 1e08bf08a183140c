import { isMap, isPair, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/** A YAML text with the position of each of its nodes, for errors a reader can click on. */
export interface YamlSource {
  /** The plain value; undefined when `problems` is not empty. */
  readonly value: unknown;
  /** Syntax errors and warnings, each as `file:line:column: message`. */
  readonly problems: readonly string[];
  /** `file:line:column` of the node at `path`, or of its nearest existing parent. */
  at(path: readonly (string | number)[]): string;
  /** 1-based line of the node at `path`. */
  lineOf(path: readonly (string | number)[]): number;
}

/** Parses one YAML document strictly: duplicate keys, aliases to nothing and tabs are problems, not surprises. */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems = [...document.errors, ...document.warnings].map(
    (problem) => `${place(problem.pos[0])}: ${problem.message.split('\n')[0] ?? 'not YAML'}`,
  );
  const offsetOf = (path: readonly (string | number)[]): number => offsetAt(document, path);
  return {
    value: problems.length === 0 ? document.toJS({ maxAliasCount: 0 }) : undefined,
    problems,
    at: (path) => place(offsetOf(path)),
    lineOf: (path) => lines.linePos(offsetOf(path)).line,
  };
}

/** Offset of the key (in a map) or of the item (in a sequence) that `path` leads to. */
function offsetAt(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && String(item.key) === String(last));
      const start = (pair?.key as Node | undefined)?.range?.[0];
      if (start !== undefined) return start;
    } else {
      const node = document.getIn(path.slice(0, length), true) as Node | undefined;
      const start = node?.range?.[0];
      if (start !== undefined) return start;
    }
  }
  return 0;
}
