import { getSentryRelease } from '@sentry/node';
import { applicationFolder } from './application-folder.ts';
import { checkedOutCommit } from './git-commit.ts';

/**
 * Returns the release of an application: `SENTRY_RELEASE`, else the commit that a build server or host names in its own variable (the SDK knows
 * some forty, such as `GITHUB_SHA` and `RENDER_GIT_COMMIT`), else the commit of the application's checkout. Without any of them there is none, which
 * is said once.
 *
 * @param folder a folder of the application. @default that of the main module of this process
 */
export function releaseOf(
  { SENTRY_RELEASE: release }: { readonly SENTRY_RELEASE?: string },
  warnOnce: (message: string) => void,
  folder: string = applicationFolder(),
): string | undefined {
  const found = release ?? hostRelease() ?? checkedOutCommit(folder);
  if (found === undefined)
    warnOnce(
      'The release is unknown: SENTRY_RELEASE is not set and the application is in no git checkout. Errors and events carry no release.',
    );
  return found;
}

/** The SDK's function returns `SENTRY_RELEASE` itself first: set and not in the configuration it is malformed. */
function hostRelease(): string | undefined {
  return process.env['SENTRY_RELEASE']?.trim() ? undefined : getSentryRelease();
}
