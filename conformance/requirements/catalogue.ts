import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv';
import schema from '../schemas/requirement.schema.json' with { type: 'json' };
import { HarnessError } from '../errors.ts';
import { PACKAGE_ROOT } from '../paths.ts';
import { parseYaml } from './yaml-source.ts';
import type { YamlSource } from './yaml-source.ts';
import { selectRequirements } from './select.ts';
import type { Selection } from './select.ts';

/** MUST fails a run, SHOULD warns (fails with `--strict`), MAY informs. */
export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** Every profile, in the order in which reports show them. */
export const PROFILES = [
  'contracts',
  'gateway',
  'master',
  'worker',
  'security',
  'end-to-end',
  'kubernetes-api',
  'load',
] as const;
export type Profile = (typeof PROFILES)[number];

/** `D01` … `D54`, a defect found in the field. */
export type DefectId = `D${string}`;

/** A figure to hold: what is measured under `metric` must be below, above … the value. */
export interface Figure {
  readonly metric: string;
  readonly is: 'below' | 'above' | 'at_least' | 'at_most' | 'equal_to';
  readonly value: number;
  /** Unit of the value and of what is measured. */
  readonly unit: string;
}

/** One testable sentence of the protocol. */
export interface Requirement {
  /** Permanent, for example `GW-AUTH-001`. */
  readonly id: string;
  readonly level: Level;
  readonly profile: Profile;
  /** Profiles that it belongs to as well: its sentence holds for whatever these are about. */
  readonly also: readonly Profile[];
  /** When set, only targets that claim this feature are bound. */
  readonly feature?: string;
  /** Protocol version that introduced it. */
  readonly since: string;
  readonly text: string;
  /** Section number and short title of the protocol. */
  readonly source: string;
  readonly defects: readonly DefectId[];
  /** Why no black-box check can observe it. */
  readonly excluded?: string;
  /** What a load test compares, where the sentence is about a figure. */
  readonly figure?: Figure;
  /** Name of its file without `.yaml`. */
  readonly area: string;
  /** `conformance/requirements/<file>:<line>`. */
  readonly location: string;
}

export interface Area {
  readonly name: string;
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

export interface Defect {
  readonly id: DefectId;
  readonly title: string;
}

/** The whole catalogue, frozen and in a stable order (profile, area, id). */
export interface Catalogue {
  readonly requirements: readonly Requirement[];
  readonly areas: readonly Area[];
  readonly defects: readonly Defect[];
  /** Throws {@link CatalogueError} for an unknown id. */
  byId(id: string): Requirement;
  has(id: string): boolean;
  /** Requirements of a run; excluded ones are left out. Throws {@link SelectionError} for a pattern that matches nothing. */
  select(selection?: Selection): readonly Requirement[];
}

/** The catalogue itself is wrong; `problems` are `file:line:column: message` lines. */
export class CatalogueError extends HarnessError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The requirement catalogue has ${problems.length} problem(s):\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

interface RawRequirement {
  id: string;
  level: Level;
  profile?: Profile;
  also?: Profile[];
  feature?: string;
  since?: string;
  text: string;
  source: string;
  defects?: DefectId[];
  excluded?: string;
  figure?: Figure;
}

interface RawFile {
  area: string;
  title: string;
  profile: Profile;
  since?: string;
  requirements: RawRequirement[];
}

/** Folder of the YAML files; compiled code reads the same ones. */
const CATALOGUE_DIRECTORY = join(PACKAGE_ROOT, 'conformance', 'requirements');

const DEFECTS_FILE = 'defects.yaml';
const validate = new Ajv2020({ allErrors: true, strict: true }).compile<RawFile>(schema);

/** Reads and checks every file of the catalogue. Throws {@link CatalogueError} with every problem at once. */
export async function loadCatalogue(directory = CATALOGUE_DIRECTORY): Promise<Catalogue> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).toSorted();
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })),
  );
  return parseCatalogue(files);
}

/** Builds the catalogue from file texts; the pure half of {@link loadCatalogue}. */
export function parseCatalogue(files: readonly { name: string; text: string }[]): Catalogue {
  const problems: string[] = [];
  const areas: Area[] = [];
  const firstUse = new Map<string, string>();
  const guarded: { id: DefectId; at: string }[] = [];
  let defects: readonly Defect[] = [];
  for (const { name, text } of files) {
    const source = parseYaml(name, text);
    problems.push(...source.problems);
    if (source.problems.length > 0) continue;
    if (name === DEFECTS_FILE) {
      defects = readDefects(source, problems);
      continue;
    }
    const file = source.value;
    if (!validate(file)) {
      problems.push(...(validate.errors ?? []).map((error) => describe(source, error)));
      continue;
    }
    if (`${file.area}.yaml` !== name) {
      problems.push(`${source.at(['area'])}: area "${file.area}" is not the file's name`);
    }
    file.requirements.forEach((raw, index) => {
      const at = source.at(['requirements', index, 'id']);
      const earlier = firstUse.get(raw.id);
      if (earlier !== undefined) problems.push(`${at}: ${raw.id} is already used at ${earlier}`);
      else firstUse.set(raw.id, at);
      if (!raw.text.includes(raw.level)) {
        const place = source.at(['requirements', index, 'text']);
        problems.push(`${place}: the sentence of ${raw.id} does not say ${raw.level}`);
      }
      guarded.push(...(raw.defects ?? []).map((id) => ({ id, at })));
    });
    areas.push({ name: file.area, title: file.title, requirements: toRequirements(file, source, name) });
  }
  const known = new Set(defects.map((defect) => defect.id));
  for (const { id, at } of guarded) if (!known.has(id)) problems.push(`${at}: unknown defect ${id}`);
  if (problems.length > 0) throw new CatalogueError(problems);
  return freeze(areas, defects);
}

function toRequirements(file: RawFile, source: YamlSource, name: string): Requirement[] {
  return file.requirements
    .map((raw, index) =>
      Object.freeze({
        ...raw,
        profile: raw.profile ?? file.profile,
        since: raw.since ?? file.since ?? '1.0',
        text: raw.text.replaceAll(/\s+/g, ' ').trim(),
        also: Object.freeze(raw.also ?? []),
        defects: Object.freeze(raw.defects ?? []),
        area: file.area,
        location: `conformance/requirements/${name}:${source.lineOf(['requirements', index, 'id'])}`,
      }),
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function readDefects(source: YamlSource, problems: string[]): Defect[] {
  const value = source.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${source.at([])}: expected a map of defect ids to titles`);
    return [];
  }
  return Object.entries(value).map(([id, title]) => {
    if (!/^D\d{2}$/.test(id)) problems.push(`${source.at([id])}: "${id}" is not a defect id`);
    if (typeof title !== 'string') problems.push(`${source.at([id])}: the title of ${id} is not text`);
    return { id: id as DefectId, title: String(title) };
  });
}

function freeze(unsorted: readonly Area[], defects: readonly Defect[]): Catalogue {
  const rank = (area: Area): number => PROFILES.indexOf(area.requirements[0]?.profile ?? 'load');
  const areas = unsorted.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const requirements = Object.freeze(
    areas
      .flatMap((area) => area.requirements)
      .toSorted((a, b) => PROFILES.indexOf(a.profile) - PROFILES.indexOf(b.profile)),
  );
  const index = new Map(requirements.map((requirement) => [requirement.id, requirement]));
  return {
    requirements,
    areas,
    defects: defects.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    has: (id) => index.has(id),
    byId: (id) => {
      const found = index.get(id);
      if (found === undefined) throw new CatalogueError([`${id}: no such requirement`]);
      return found;
    },
    select: (selection = {}) => selectRequirements(requirements, selection),
  };
}

function describe(source: YamlSource, error: ErrorObject): string {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
  const extra: unknown = error.params['additionalProperty'];
  const where = typeof extra === 'string' ? [...path, extra] : path;
  const named = typeof extra === 'string' ? ` "${extra}"` : '';
  const allowed: unknown = error.params['allowedValues'];
  const choice = Array.isArray(allowed) ? ` (${allowed.join(', ')})` : '';
  return `${source.at(where)}: ${path.join('.') || 'file'} ${error.message ?? 'is invalid'}${named}${choice}`;
}
