import { isAnswered } from '../../../conformance/history/availability.ts';
import { RULES } from '../../../conformance/history/findings.ts';
import { KINDS, type Operation } from '../../../conformance/history/operation.ts';
import type { Injected } from '../nemesis.ts';
import { FAULT_KINDS } from '../plan.ts';
import type { FaultsResult } from '../run.ts';

/** So many findings are spelt out; all are in faults.json. */
const SHOWN = 12;

/** What a run came to, for a person. */
export function renderSummary(result: FaultsResult): string {
  const { judgement, faults } = result;
  const { availability } = judgement;
  const lines = [
    `${result.target}, seed ${result.seed}, ${(result.durationMs / 1000).toFixed(0)} s`,
    '',
    ...operationTable(judgement.operations),
    '',
    ...faultTable(faults),
    ...result.notAvailable.map((line) => `not available: ${line}`),
    '',
    `availability  ${percent(availability.percent)} of ${availability.operations} operations answered, faults included`,
    `              ${percent(availability.quiet.percent)} of ${availability.quiet.operations} while there was no fault`,
    `              ${availability.seconds.up} of ${availability.seconds.of} seconds up, longest recovery ${(availability.longestRecoveryMs / 1000).toFixed(1)} s`,
    `history       ${judgement.objects} objects, ${judgement.acknowledged} acknowledged writes, ${judgement.unknown} of unknown outcome, ${result.watchEvents} events watched`,
    '',
    ...Object.entries(RULES).map(([rule, words]) => {
      const count = judgement.findings.filter((finding) => finding.rule === rule).length;
      return `${count === 0 ? 'ok      ' : 'VIOLATED'}  ${rule.padEnd(12)}  ${words}`;
    }),
    ...judgement.findings.slice(0, SHOWN).map(({ rule, message }) => `  ${rule}: ${message}`),
    ...(judgement.findings.length > SHOWN
      ? [`  … and ${judgement.findings.length - SHOWN} more, in faults.json`]
      : []),
    '',
    verdictLine(result),
  ];
  return `${lines.join('\n')}\n`;
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

function verdictLine({ judgement, interrupted }: FaultsResult): string {
  const part = interrupted ? 'INTERRUPTED, what was seen until then: ' : '';
  switch (judgement.verdict) {
    case 'consistent':
      return `${part}CONSISTENT: nothing acknowledged was lost, nothing took effect twice`;
    case 'violated':
      return `${part}VIOLATED: ${judgement.findings.length} findings`;
    case 'undecided':
      return `${part}UNDECIDED: the histories of ${judgement.undecided.join(', ')} are too tangled to judge`;
    default:
      return judgement.verdict satisfies never;
  }
}

function operationTable(operations: readonly Operation[]): string[] {
  const rows = KINDS.map((kind) => {
    const list = operations.filter((one) => one.kind === kind);
    const of = (outcome: Operation['outcome']): Operation[] => list.filter((one) => one.outcome === outcome);
    const refused = of('fail').filter((one) => one.refusal !== undefined || isAnswered(one));
    return [kind, list, of('ok'), refused, of('fail').filter((one) => !refused.includes(one)), of('info')];
  }).map(([kind, ...lists]) => [String(kind), ...lists.map((list) => String(list!.length))]);
  const total = [1, 2, 3, 4, 5].map((column) =>
    String(rows.reduce((sum, row) => sum + Number(row[column]), 0)),
  );
  return table([['operation', 'count', 'ok', 'refused', 'not done', 'unknown'], ...rows, ['all', ...total]]);
}

function faultTable(faults: readonly Injected[]): string[] {
  const rows = FAULT_KINDS.flatMap((kind) => {
    const list = faults.filter((one) => one.kind === kind);
    if (list.length === 0) return [];
    const places = Map.groupBy(list, ({ on }) => on);
    const words = [...places].map(([on, some]) => `${on} ${some.length}`).join(', ');
    return [[kind, String(list.length), words]];
  });
  return table([['fault', 'count', 'on'], ...rows, ['all', String(faults.length), '']]);
}

/** Columns as wide as their widest cell, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        /^\d+$/.test(cell) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}
