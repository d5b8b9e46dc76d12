import { addCommand, addGroup, type CommandContext, CommandError } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import type { Style } from '../cli/terminal.ts';
import {
  checkSourceMaps,
  createRelease,
  headOf,
  type ReleaseStep,
  type ReleaseVersion,
  releaseSteps,
  releaseVersion,
  requireAccount,
} from './release.ts';

interface CreateOptions {
  readonly version?: string;
  readonly environment?: string;
  readonly project?: readonly string[];
  readonly sourceMaps?: readonly string[];
  readonly dryRun?: boolean;
}

/** `qr-obs release`: what Sentry knows of what runs. */
export const addReleaseCommands: CommandGroup = (program, context) => {
  const group = addGroup(program, 'release', 'Tell Sentry what runs where');
  addCommand(context, group, 'create', {
    summary: 'Make a release known to Sentry: its commits, source maps and deploy',
    details:
      'Runs sentry-cli. Errors are then shown with the commit that brought them and with the sources as they were written; authors and messages of commits go to Sentry for that. Can be run again: a deploy that is listed is not recorded twice. Source maps get debug ids, which are written into the scripts of the folders: run it before they are copied anywhere. Needs SENTRY_AUTH_TOKEN and SENTRY_ORG; SENTRY_URL for a Sentry of your own.',
    examples: [
      'qr-obs release create --dry-run',
      'qr-obs release create --environment production --project qr-backend qr-web --source-maps services/qr-service/dist packages/common/dist',
    ],
    run: async (options: CreateOptions) => {
      const { version, origin } = await releaseVersion(options.version, context);
      const projects = options.project ?? listOf(context.env['SENTRY_PROJECT']);
      const input = {
        version,
        projects,
        environment: readEnvironmentName(options.environment ?? (context.env['SENTRY_ENVIRONMENT'] || undefined)),
        sourceMaps: await checkSourceMaps(context.root, options.sourceMaps ?? []),
        head: await headOf(context.root),
      };
      for (const project of projects) checkSlug(project);
      const isDryRun = options.dryRun ?? false;
      const steps = isDryRun ? releaseSteps(input) : await createRelease(input, requireAll(projects, context), context);
      const missing = isDryRun ? missingOf(projects, context) : [];
      const report: ReleaseReport = { version, origin, projects, isDryRun, missing, steps };
      return { result: report, lines: releaseLines(report, context.style) };
    },
  })
    .option('--version <name>', 'default: SENTRY_RELEASE, else the commit of the checkout')
    .option(
      '--environment <name>',
      'where it was deployed (default: SENTRY_ENVIRONMENT; without, no deploy is recorded)',
    )
    .option('--project <slug...>', 'of which projects it is a release (default: SENTRY_PROJECT, separated by commas)')
    .option('--source-maps <folder...>', 'folders of built scripts with their source maps; not the built page')
    .option('--dry-run', 'say what would be done, and ask nobody');
};

function requireAll(projects: readonly string[], context: CommandContext): ReturnType<typeof requireAccount> {
  const account = requireAccount(context);
  if (projects.length > 0) return account;
  throw new CommandError('No project is named. Say --project with slugs of Sentry projects, or set SENTRY_PROJECT.');
}

function missingOf(projects: readonly string[], { env }: CommandContext): string[] {
  return [
    ...['SENTRY_AUTH_TOKEN', 'SENTRY_ORG'].filter((name) => !env[name]),
    ...(projects.length === 0 ? ['--project or SENTRY_PROJECT'] : []),
  ];
}

function listOf(value = ''): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function checkSlug(project: string): void {
  if (/^[a-z0-9_][a-z0-9_-]*$/i.test(project)) return;
  throw new CommandError(`--project must be the slug of a Sentry project, such as qr-backend, got "${project}".`);
}

function readEnvironmentName(name: string | undefined): string | undefined {
  if (name === undefined || /^[^\s/-][^\s/]{0,63}$/.test(name)) return name;
  throw new CommandError(
    `--environment must be 1 to 64 characters without spaces and slashes, such as production, got "${name}".`,
  );
}

interface ReleaseReport extends ReleaseVersion {
  readonly projects: readonly string[];
  readonly isDryRun: boolean;
  /** Variables without which it cannot be done. */
  readonly missing: readonly string[];
  readonly steps: readonly ReleaseStep[];
}

const NAME_WIDTH = 'source maps'.length;

/** A release for people: what was done, or in a dry run what would be. */
function releaseLines({ version, origin, projects, isDryRun, missing, steps }: ReleaseReport, style: Style): string[] {
  return [
    `Release ${version} (from ${origin}) of ${projects.join(', ') || 'no project yet'}:`,
    ...steps.flatMap((step) => stepLines(step, isDryRun, style)),
    ...(isDryRun ? ['Dry run: nothing was done.'] : []),
    ...(missing.length > 0 ? [style.warning(`Not set yet: ${missing.join(', ')}.`)] : []),
    style.faint(
      "The page's source maps are uploaded by its build, when SENTRY_AUTH_TOKEN is set there, and not from here.",
    ),
  ];
}

function stepLines({ name, commands, skipped }: ReleaseStep, isDryRun: boolean, style: Style): string[] {
  const title = name.padEnd(NAME_WIDTH);
  if (skipped !== undefined) return [style.faint(`  ${title}  skipped: ${skipped}`)];
  if (!isDryRun) return [`  ${title}  ${style.good('done')}`];
  return commands.map((command, index) => {
    const condition = name === 'deploy' ? '  (unless it is listed already)' : '';
    return `  ${index === 0 ? title : ' '.repeat(NAME_WIDTH)}  sentry-cli ${command.join(' ')}${condition}`;
  });
}
