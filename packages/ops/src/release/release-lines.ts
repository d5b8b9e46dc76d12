import type { Style } from '../cli/style.ts';
import type { ReleaseStep } from './release-steps.ts';
import type { ReleaseVersion } from './release-version.ts';

export interface ReleaseReport extends ReleaseVersion {
  readonly projects: readonly string[];
  readonly isDryRun: boolean;
  /** Variables without which it cannot be done. */
  readonly missing: readonly string[];
  readonly steps: readonly ReleaseStep[];
}

const NAME_WIDTH = 'source maps'.length;

/** A release for people: what was done, or in a dry run what would be. */
export function releaseLines(
  { version, origin, projects, isDryRun, missing, steps }: ReleaseReport,
  style: Style,
): string[] {
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
