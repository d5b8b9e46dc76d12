/** What makes a release known to Sentry. */
export interface ReleaseInput {
  readonly version: string;
  readonly projects: readonly string[];
  /** Where it runs; nothing when no deploy is to be recorded. */
  readonly environment: string | undefined;
  /** Folders whose scripts get debug ids and whose maps are uploaded. */
  readonly sourceMaps: readonly string[];
  /** The commit of the checkout. */
  readonly head: string | undefined;
}

/** One thing to do. */
export interface ReleaseStep {
  readonly name: 'release' | 'commits' | 'source maps' | 'finish' | 'deploy';
  /** Argument lists of `sentry-cli`, one after the other. */
  readonly commands: readonly (readonly string[])[];
  /** Why there is nothing to do. */
  readonly skipped?: string;
}

const COMMIT = /^[0-9a-f]{40}$/;

/** What is done, in this order. All but the deploy can be done again; the release then counts as finished at the last time. */
export function releaseSteps(input: ReleaseInput): ReleaseStep[] {
  const { version, projects, environment } = input;
  const projectFlags = projects.flatMap((project) => ['-p', project]);
  return [
    { name: 'release', commands: [['releases', 'new', version, ...projectFlags]] },
    commitStep(input),
    sourceMapStep(input, projectFlags),
    { name: 'finish', commands: [['releases', 'finalize', version]] },
    environment === undefined
      ? { name: 'deploy', commands: [], skipped: 'no --environment and no SENTRY_ENVIRONMENT' }
      : { name: 'deploy', commands: [['deploys', 'new', '--release', version, '-e', environment]] },
  ];
}

// sentry-cli takes the commits up to that of the checkout: of another release they would be the wrong ones.
function commitStep({ version, head }: ReleaseInput): ReleaseStep {
  if (head === undefined) return { name: 'commits', commands: [], skipped: 'this is no git checkout' };
  if (COMMIT.test(version) && version !== head)
    return { name: 'commits', commands: [], skipped: `${head.slice(0, 7)} is checked out, which is not the release` };
  return { name: 'commits', commands: [['releases', 'set-commits', version, '--auto', '--ignore-missing']] };
}

function sourceMapStep({ version, sourceMaps }: ReleaseInput, projectFlags: readonly string[]): ReleaseStep {
  if (sourceMaps.length === 0) return { name: 'source maps', commands: [], skipped: 'no --source-maps' };
  return {
    name: 'source maps',
    commands: [
      ['sourcemaps', 'inject', ...sourceMaps],
      ['sourcemaps', 'upload', '--release', version, ...projectFlags, ...sourceMaps],
    ],
  };
}
