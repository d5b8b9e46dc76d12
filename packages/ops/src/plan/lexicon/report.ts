import type { Style } from '../../cli/style.ts';
import type { LexiconOutcome } from './sync.ts';

/** What `--json` answers. */
export interface LexiconResult {
  /** `null` where there is no account, and so nothing to compare with. */
  readonly projectId: string | null;
  readonly isApplied: boolean;
  readonly added: readonly string[];
  readonly changed: readonly { readonly title: string; readonly differences: readonly string[] }[];
  readonly unchanged: number;
  /** In Lexicon and not in the plan. */
  readonly onlyThere: readonly { readonly title: string; readonly wasPlanned: boolean }[];
  readonly removed: readonly string[];
}

export function toLexiconResult({ projectId, difference, isApplied, removed }: LexiconOutcome): LexiconResult {
  const { changes, unchanged, unplanned } = difference;
  return {
    projectId: projectId ?? null,
    isApplied,
    added: changes.filter(({ isNew }) => isNew).map(({ title }) => title),
    changed: changes.filter(({ isNew }) => !isNew).map(({ title, differences }) => ({ title, differences })),
    unchanged,
    onlyThere: unplanned.map(({ title, wasPlanned }) => ({ title, wasPlanned })),
    removed,
  };
}

export function lexiconLines(outcome: LexiconOutcome, style: Style): string[] {
  const { projectId, added, changed, unchanged, onlyThere } = toLexiconResult(outcome);
  const propertyCounts = new Map(
    outcome.difference.changes.map(({ title, entry }) => [
      title,
      Object.keys(entry.schemaJson.properties ?? {}).length,
    ]),
  );
  const where =
    projectId === null
      ? 'The local inbox has no Lexicon. This is what would be uploaded to an empty one:'
      : `Lexicon of project ${projectId}:`;
  const counts = `${added.length} new, ${changed.length} changed, ${unchanged} as planned, ${onlyThere.length} not in the plan.`;
  return [
    `${where} ${counts}`,
    ...added.map((title) => style.good(`  + ${title}  ${countOf(propertyCounts.get(title) ?? 0)}`)),
    ...changed.map(({ title, differences }) => style.warning(`  ~ ${title}  ${differences.join('; ')}`)),
    ...onlyThere.map((entry) => style.faint(`  ? ${entry.title}  only there, ${fateOf(entry, outcome)}`)),
    ...ending(outcome),
  ];
}

function ending({ projectId, isApplied, difference: { changes } }: LexiconOutcome): string[] {
  if (projectId === undefined)
    return ['Set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID to compare with a project.'];
  if (changes.length === 0) return ['Lexicon says what the plan says.'];
  return [isApplied ? `Uploaded ${changes.length}.` : 'Nothing was written. Upload it with --apply.'];
}

function fateOf({ title, wasPlanned }: LexiconResult['onlyThere'][number], { removed }: LexiconOutcome): string {
  if (removed.includes(title)) return 'and removed now';
  return wasPlanned ? 'once uploaded from the plan: --apply --prune removes it' : 'and left alone';
}

function countOf(properties: number): string {
  return properties === 1 ? '1 property' : `${properties} properties`;
}
