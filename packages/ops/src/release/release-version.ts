import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import { runGit } from '../cli/run-git.ts';

/** The name of a release, and who gave it. */
export interface ReleaseVersion {
  readonly version: string;
  readonly origin: '--version' | 'SENTRY_RELEASE' | 'git';
}

const MAX_LENGTH = 200;

/**
 * The release that services report: `SENTRY_RELEASE`, else the commit of the checkout.
 *
 * @throws CommandError when nothing names it, or the vendor would not take the name.
 */
export async function releaseVersion(
  given: string | undefined,
  { env, root }: CommandContext,
): Promise<ReleaseVersion> {
  if (given !== undefined) return { version: checked(given, '--version'), origin: '--version' };
  const named = env['SENTRY_RELEASE'];
  if (named) return { version: checked(named, 'SENTRY_RELEASE'), origin: 'SENTRY_RELEASE' };
  const head = await headOf(root);
  if (head !== undefined) return { version: head, origin: 'git' };
  throw new CommandError(
    `Nothing names the release: there is no SENTRY_RELEASE and no git checkout in ${root}. Say --version.`,
  );
}

/** The commit of the checkout. */
export async function headOf(root: string): Promise<string | undefined> {
  return (await runGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD']))?.trim();
}

/** https://docs.sentry.io/product/releases/naming-releases/ */
function checked(version: string, name: string): string {
  const isUsable =
    version.length <= MAX_LENGTH &&
    /^[^\s/\\]+$/.test(version) &&
    !/^(\.{1,2}|latest)$/i.test(version) &&
    !version.startsWith('-');
  if (isUsable) return version;
  throw new CommandError(
    `${name} must be 1 to ${MAX_LENGTH} characters without spaces and slashes, not ".", ".." or "latest", got "${version}".`,
  );
}
