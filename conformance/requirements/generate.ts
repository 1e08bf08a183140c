import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCatalogue, PROFILES } from './catalogue.ts';
import type { Catalogue, Level, Profile, Requirement } from './catalogue.ts';
import { PACKAGE_ROOT } from '../paths.ts';

/** The readable copy of the catalogue; `node conformance/requirements/generate.ts` writes it anew. */
export const REQUIREMENTS_FILE = join(PACKAGE_ROOT, 'conformance', 'REQUIREMENTS.md');

const LEVELS: readonly Level[] = ['MUST', 'SHOULD', 'MAY'];

const PREFIXES: readonly (readonly [string, string])[] = [
  ['CT', 'Move contracts'],
  ['CR', 'credentials'],
  ['GW', 'gateway'],
  ['MS', 'master'],
  ['WK', 'worker'],
  ['SEC', 'security, across all parts'],
  ['E2E', 'whole flows through all parts'],
  ['LD', 'figures under load'],
];

/** The text of REQUIREMENTS.md. Pure: the same catalogue always gives the same text. */
export function renderRequirements(catalogue: Catalogue): string {
  const profiles = PROFILES.flatMap((profile) => profileSection(catalogue, profile));
  return `${[...introduction(catalogue), ...profiles, ...defectSection(catalogue)].join('\n')}\n`;
}

function count(list: readonly Requirement[], level: Level): number {
  return list.filter((one) => one.level === level).length;
}

function countRow(name: string, list: readonly Requirement[]): string {
  return `| ${name} | ${[...LEVELS.map((level) => count(list, level)), list.length].join(' | ')} |`;
}

function introduction({ requirements }: Catalogue): string[] {
  return [
    '# Requirements',
    '',
    'Everything that the suite asks of a K3s-DaaS implementation, in one sentence each. This page is made from',
    '`conformance/requirements/*.yaml` by `node conformance/requirements/generate.ts`; change the YAML, not this page.',
    '',
    '- **Levels**: a broken MUST makes a run not conformant; a broken SHOULD warns (and fails with `--strict`); a broken MAY informs.',
    '- **Feature**: such a requirement binds only targets that claim the feature in their target file; for others it is skipped.',
    '- **Defects**: mistakes found in existing implementations (listed at the end) that the requirement guards against.',
    '- **Not observable**: stated for completeness; no check from outside can see it, so no run counts it.',
    '',
    '## Ids',
    '',
    'An id is `PART-AREA-NUMBER`, for example `GW-AUTH-001`. It is permanent: a sentence may be made clearer, but one that',
    'changes its meaning gets a new id, and the id of one that goes is never used again. A check is named after its',
    'requirement, with `/case` behind it when there are several. `--only` and `--exclude` take ids, ids with `*`',
    '(`GW-AUTH-*`) and area names.',
    '',
    '| part | what it is about |',
    '| --- | --- |',
    ...PREFIXES.map(([prefix, meaning]) => `| \`${prefix}\` | ${meaning} |`),
    '',
    '## Counts',
    '',
    '| profile | MUST | SHOULD | MAY | all |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...PROFILES.map((profile) =>
      countRow(
        `[${profile}](#profile-${profile})`,
        requirements.filter((one) => one.profile === profile || one.also.includes(profile)),
      ),
    ),
    countRow('**all**', requirements),
    '',
  ];
}

/** What a profile takes from others: their ids alone. */
function sharedSection(shared: readonly Requirement[]): string[] {
  const byArea = Map.groupBy(shared, ({ area }) => area);
  return [
    'Requirements of other profiles whose sentences hold for every Kubernetes API server, and are checked through its API alone.',
    '',
    '| area | requirements |',
    '| --- | --- |',
    ...[...byArea].map(
      ([area, own]) => `| \`${area}\` | ${own.map(({ id }) => `[${id}](#${id.toLowerCase()})`).join(', ')} |`,
    ),
  ];
}

function profileSection({ areas, requirements }: Catalogue, profile: Profile): string[] {
  const lines = [`## Profile ${profile}`, ''];
  const shared = requirements.filter((one) => one.also.includes(profile));
  if (shared.length > 0) lines.push(...sharedSection(shared), '');
  for (const area of areas) {
    const own = requirements.filter((one) => one.profile === profile && one.area === area.name);
    if (own.length === 0) continue;
    lines.push(`### ${area.title}`, '', `Area \`${area.name}\`.`, '');
    lines.push('| id | level | requirement | defects |', '| --- | --- | --- | --- |');
    lines.push(...own.map(requirementRow), '');
  }
  return lines;
}

function requirementRow({ id, level, text, feature, defects, excluded }: Requirement): string {
  const notes = [
    feature === undefined ? '' : ` _Feature ${feature}._`,
    excluded === undefined ? '' : ` _Not observable: ${cell(excluded)}_`,
  ].join('');
  return `| <a id="${id.toLowerCase()}"></a>\`${id}\` | ${level} | ${cell(text)}${notes} | ${defects.join(' ')} |`;
}

function defectSection({ defects, requirements }: Catalogue): string[] {
  const guards = (id: string): string =>
    requirements
      .filter((one) => one.defects.some((defect) => defect === id))
      .map((one) => `[${one.id}](#${one.id.toLowerCase()})`)
      .join(', ');
  return [
    '## Defects',
    '',
    '| id | defect | guarded by |',
    '| --- | --- | --- |',
    ...defects.map(({ id, title }) => `| ${id} | ${cell(title)} | ${guards(id)} |`),
  ];
}

/** Text within a table cell: nothing in it may read as a column, a tag or emphasis. */
function cell(text: string): string {
  return text.replaceAll(/[|*_]/g, '\\$&').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (import.meta.main) await writeFile(REQUIREMENTS_FILE, renderRequirements(await loadCatalogue()));
