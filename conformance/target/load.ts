import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { UsageError, describeError } from '../errors.ts';
import { readJson } from '../paths.ts';
import type { ClusterTargetFile, TargetFile } from './types.ts';

/** A target file and the folder its relative paths start from. */
export interface LoadedTarget<File = TargetFile> {
  file: File;
  path: string;
  dir: string;
}

/** Compiled once: that takes a hundred times as long as to validate a file. */
let validator: Promise<ValidateFunction<TargetFile | ClusterTargetFile>> | undefined;

async function compileSchema(): Promise<ValidateFunction<TargetFile | ClusterTargetFile>> {
  const schema = await readJson('conformance/schemas/target.schema.json');
  return new Ajv({ allErrors: true, strict: false }).compile<TargetFile | ClusterTargetFile>(schema);
}

/** Reads and checks a target file of parts. Throws UsageError with line, column and a fix for each fault. */
export async function loadTarget(path: string): Promise<LoadedTarget> {
  const { file, ...place } = await loadAnyTarget(path);
  return { file: withParts(file, path), ...place };
}

/** The same for a file that may name a cluster instead. */
export async function loadAnyTarget(path: string): Promise<LoadedTarget<TargetFile | ClusterTargetFile>> {
  const absolute = resolve(path);
  const text = await readFile(absolute, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read the target file ${path}`, {
      cause,
      hint: 'write one with `daas init`, or leave --target out to check the bundled reference',
    });
  });
  return { file: await parseAnyTarget(text, path), path: absolute, dir: dirname(absolute) };
}

/** Parses the text of a target file of parts; `name` is used in messages. */
export async function parseTarget(text: string, name: string): Promise<TargetFile> {
  return withParts(await parseAnyTarget(text, name), name);
}

function withParts(file: TargetFile | ClusterTargetFile, name: string): TargetFile {
  if (!('kubernetes' in file)) return file;
  throw new UsageError(`${name} names a cluster, which has neither chain nor gateway, master or worker`, {
    hint: 'use it with `daas run`; anything else needs a target file of parts, as `daas init` writes one',
  });
}

/** Parses the text of a target file of either kind; `name` is used in messages. */
export async function parseAnyTarget(text: string, name: string): Promise<TargetFile | ClusterTargetFile> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // What the library would warn of on the terminal is a fault here: the schema says so, with its place.
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => {
      const at = lines.linePos(error.pos[0]);
      return `${name}:${at.line}:${at.col}: ${error.message}`;
    });
    throw new UsageError(faults.join('\n'), {
      hint: 'mend the YAML at the place named, or write a new file with `daas init`',
    });
  }
  const value = valueOf(document, name);
  const validate = await (validator ??= compileSchema());
  if (!validate(value)) {
    const faults = (validate.errors ?? [])
      .filter((error) => error.keyword !== 'if')
      .map((error) => describe(error, document, lines, name));
    throw new UsageError([...new Set(faults)].join('\n'), {
      hint: 'the JSON Schema is conformance/schemas/target.schema.json; `daas init` writes a valid file',
    });
  }
  if ('kubernetes' in value) return value;
  if (!value.gateway && !value.master && !value.worker) {
    throw new UsageError(`${name}:1:1: names no part to check`, {
      hint: 'add at least one of gateway, master and worker (the word `bundled` takes the reference’s own)',
    });
  }
  return value;
}

/** The document as plain data. An alias without its anchor, or too many of them, only show here. */
function valueOf(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    throw new UsageError(`${name}: ${describeError(cause)}`, {
      cause,
      hint: 'write out what the alias (*name) stands for, or correct its anchor (&name)',
    });
  }
}

function describe(error: ErrorObject, document: Document, lines: LineCounter, name: string): string {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const extra = String(error.params['additionalProperty'] ?? '');
  const node: unknown = document.getIn(extra ? [...path, extra] : path, true) ?? document.getIn(path, true);
  const range = rangeOf(node) ?? rangeOf(document.contents);
  const at = lines.linePos(range ?? 0);
  const where = path.join('.') || 'the file';
  return `${name}:${at.line}:${at.col}: ${where}: ${fixFor(error, node)}`;
}

function fixFor(error: ErrorObject, node: unknown): string {
  const got = node instanceof Object && 'value' in node ? `, got ${JSON.stringify(node.value)}` : '';
  switch (error.keyword) {
    case 'additionalProperties':
      return `unknown field "${error.params['additionalProperty']}"; remove it or correct its spelling`;
    case 'required':
      return `the field "${error.params['missingProperty']}" is missing; add it`;
    case 'enum':
      return `must be one of ${(error.params['allowedValues'] as unknown[]).join(', ')}${got}`;
    case 'false schema':
      return 'cannot stand beside "kubernetes", which names a whole cluster; remove one of the two';
    case 'const':
      return `must be ${JSON.stringify(error.params['allowedValue'])}${got}`;
    case 'pattern':
      return `must match ${error.params['pattern']}${got}`;
    default:
      return `${error.message ?? error.keyword}${got}`;
  }
}

function rangeOf(node: unknown): number | undefined {
  if (!(node instanceof Object) || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}

function unescapePointer(segment: string): string | number {
  const text = segment.replaceAll('~1', '/').replaceAll('~0', '~');
  return /^\d+$/.test(text) ? Number(text) : text;
}
