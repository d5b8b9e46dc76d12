import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlanPaths } from '@qr/alerts/config';
import type { Plan } from '@qr/plan';
import { exportPlan, type PlanExport, planDocuments } from '@qr/plan/documents';
import { addCommand, addGroup, type CommandContext, CommandError, exitCodes, requirePlan } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { runGit } from '../cli/run-git.ts';
import { type Style, tableOf } from '../cli/terminal.ts';
import { comparePlans, type PlanChange } from './compare-plans.ts';
import { lexiconLines, syncLexicon, toLexiconResult } from './lexicon/sync.ts';

/** `qr-obs plan`: what is made from the tracking plan, and how it changed. */
export const addPlanCommands: CommandGroup = (program, context) => {
  const group = addGroup(program, 'plan', 'Document, upload and compare the tracking plan');

  addCommand(context, group, 'docs', {
    summary: 'Write the documents of the tracking plan, or check them',
    details:
      'Writes MIXPANEL_EVENTS_TRACKING.md for people and packages/events/plan.json for tools. `npm run generate` writes the same two, and what else comes from the plan and the sources.',
    examples: ['qr-obs plan docs', 'qr-obs plan docs --check'],
    run: async ({ check = false }: { check?: boolean }) => {
      const documented = await readDocumented(context);
      const documents = await (check ? checkDocuments : writeDocuments)(context.root, documented);
      const isStale = documents.some((document) => document.isStale);
      return {
        result: { documents },
        lines: [
          ...documents.map(({ path, isStale }) =>
            isStale
              ? `${path} ${check ? context.style.bad('is out of date') : 'written'}`
              : `${path} ${context.style.faint('is up to date')}`,
          ),
          ...(check && isStale ? ['Run qr-obs plan docs, or npm run generate, and commit what it wrote.'] : []),
        ],
        exitCode: check && isStale ? exitCodes.no : exitCodes.ok,
      };
    },
  }).option('--check', 'write nothing; exit 1 and name the files that are out of date');

  addCommand(context, group, 'lexicon', {
    summary: "Compare the plan with Mixpanel's Lexicon, or upload it there",
    details:
      'Descriptions, types, owners and privacy classes of the events that go to Mixpanel, and of the profile. Without --apply nothing is written, and the exit code is 1 when Lexicon differs. What others wrote into Lexicon stays: entries and properties that the plan does not know, their tags, contacts and display names. Needs MIXPANEL_SERVICE_ACCOUNT (role Admin or Owner) and MIXPANEL_PROJECT_ID; MIXPANEL_APP_HOST for EU and India.',
    examples: ['qr-obs plan lexicon', 'qr-obs plan lexicon --apply'],
    run: async ({ apply = false, prune = false }: { apply?: boolean; prune?: boolean }) => {
      const outcome = await syncLexicon(exportPlan(await requirePlan(context)), { apply, prune }, context);
      const differs = outcome.projectId !== undefined && outcome.difference.changes.length > 0;
      return {
        result: toLexiconResult(outcome),
        lines: lexiconLines(outcome, context.style),
        exitCode: differs && !outcome.isApplied ? exitCodes.no : exitCodes.ok,
      };
    },
  })
    .option('--apply', 'upload what differs')
    .option('--prune', 'with --apply: remove entries that were uploaded from the plan and are no longer in it');

  addCommand(context, group, 'diff <git-ref> [other-ref]', {
    summary: 'List what changed in the plan since a commit',
    details:
      'Compares the plan at a git ref with the plan as it is now, or with that of another ref. Exit code 1 when something can break code that sends an event or a report that reads it.',
    examples: ['qr-obs plan diff origin/main', 'qr-obs plan diff v1.2.0 v1.3.0 --json'],
    run: async (_options: object, from = '', to?: string) => {
      const { plan, paths } = await readDocumented(context);
      const before = await planAt(context.root, paths.data, from);
      const after = to === undefined ? undefined : await planAt(context.root, paths.data, to);
      const changes = comparePlans(before.plan, after?.plan ?? exportPlan(plan));
      return {
        result: {
          from: { ref: from, commit: before.commit },
          to: to && after ? { ref: to, commit: after.commit } : null,
          changes,
        },
        lines: planDiffLines({ from, to, changes }, context.style),
        exitCode: changes.some(({ isBreaking }) => isBreaking) ? exitCodes.no : exitCodes.ok,
      };
    },
  });
};

/** A plan and where its documents are, from the root. */
interface DocumentedPlan {
  readonly plan: Plan;
  readonly paths: PlanPaths;
}

/** @throws CommandError when the config names no plan, or not where its documents are. */
async function readDocumented(context: CommandContext): Promise<DocumentedPlan> {
  const plan = await requirePlan(context);
  const paths = await (await context.config()).loadPlanPaths();
  if (paths) return { plan, paths };
  throw new CommandError(
    'observability.config.ts has no planPaths. Name where the documents of the plan are: planPaths: { document, data }.',
  );
}

/** A document of the plan, and whether the file on disk says what the plan says. */
interface DocumentState {
  /** From the root of the repository. */
  readonly path: string;
  readonly isStale: boolean;
}

/** Compares the plan's documents with the plan; a file that is not there is stale. */
async function checkDocuments(root: string, { plan, paths }: DocumentedPlan): Promise<DocumentState[]> {
  return Promise.all(
    planDocuments(plan, paths).map(async ({ path, content }) => {
      const found = await readFile(join(root, path), 'utf8').catch(() => undefined);
      return { path, isStale: found !== content };
    }),
  );
}

/** Writes the documents that are stale, and tells which those were. */
async function writeDocuments(root: string, documented: DocumentedPlan): Promise<DocumentState[]> {
  const states = await checkDocuments(root, documented);
  for (const { path, content } of planDocuments(documented.plan, documented.paths)) {
    if (!states.some((state) => state.path === path && state.isStale)) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return states;
}

interface PlanDiff {
  readonly from: string;
  readonly to: string | undefined;
  readonly changes: readonly PlanChange[];
}

/** Changes of the plan for people. */
function planDiffLines({ from, to, changes }: PlanDiff, style: Style): string[] {
  const range = to === undefined ? `since ${from}` : `from ${from} to ${to}`;
  if (changes.length === 0) return [`The tracking plan did not change ${range}.`];
  const breaking = changes.filter(({ isBreaking }) => isBreaking);
  const others = changes.filter(({ isBreaking }) => !isBreaking);
  return [
    `The tracking plan ${range}: ${breaking.length} breaking ${breaking.length === 1 ? 'change' : 'changes'}, ${others.length} other.`,
    ...section('Breaking:', breaking, style.bad),
    ...section('Not breaking:', others, style.good),
  ];
}

function section(title: string, changes: readonly PlanChange[], paint: (text: string) => string): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ subject, property, what }) => [
    property === undefined ? subject : `${subject}.${property}`,
    what,
  ]);
  return ['', paint(title), ...tableOf(rows).map((line) => `  ${line}`)];
}

/** A plan as it was. */
interface PlanAt {
  readonly commit: string;
  readonly plan: PlanExport;
}

/**
 * Reads the plan as it was at a git ref.
 *
 * @param path of the plan as data, from the root
 * @throws CommandError when there is no such ref, or no plan as data at it.
 */
async function planAt(root: string, path: string, ref: string): Promise<PlanAt> {
  if ((await runGit(root, ['rev-parse', '--git-dir'])) === undefined)
    throw new CommandError(`${root} is no git checkout, or git is not installed: run this where the history is.`);
  const commit = await runGit(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit === undefined)
    throw new CommandError(
      `"${ref}" is no commit, branch or tag of the repository at ${root}. If it is elsewhere, fetch it first: git fetch --tags, and in a shallow clone git fetch --unshallow.`,
    );
  const text = await runGit(root, ['show', `${commit.trim()}:./${path}`]);
  if (text === undefined)
    throw new CommandError(
      `At "${ref}" (${commit.slice(0, 7)}) there is no ${path}: the plan was not yet kept as data. Name a later ref.`,
    );
  return { commit: commit.trim(), plan: parsePlan(text, path, ref) };
}

function parsePlan(text: string, path: string, ref: string): PlanExport {
  try {
    const plan = JSON.parse(text) as Partial<PlanExport> | null;
    if (plan?.events && plan.profile) return plan as PlanExport;
  } catch {
    // Told below, like other content that is no plan.
  }
  throw new CommandError(
    `${path} at "${ref}" is no exported plan: expected an object with events and profile. Name another ref.`,
  );
}
