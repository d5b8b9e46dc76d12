import { DESCRIPTION_MARK, type NameMark } from '../../as-code/mark.ts';
import type { Found } from '../../as-code/plan.ts';
import { CommandError } from '../../cli/command-error.ts';
import type { SentryApi } from '../../sentry-api/sentry-api.ts';
import type { SentryDetector, SentryProject, SentryWorkflow } from '../../sentry-api/shapes.ts';

interface FoundMonitor extends Found {
  readonly detector: SentryDetector;
}

interface FoundAlert extends Found {
  readonly workflow: SentryWorkflow;
}

/** What a project has at Sentry. */
export interface AtSentry {
  readonly monitors: readonly FoundMonitor[];
  readonly alerts: readonly FoundAlert[];
  /** The monitor that every project has, of whatever errors it reports. */
  readonly errorMonitor: SentryDetector;
  /** As Sentry shows it; a number for those of other projects. */
  readonly nameOfMonitor: (id: string) => string;
}

/** Reads what is there. Names are compared here: Sentry's own search finds parts of words, too. */
export async function readSentry(api: SentryApi, project: SentryProject, mark: NameMark): Promise<AtSentry> {
  const [detectors, workflows] = await Promise.all([
    listDetectors(api, project),
    // Of the whole organization: an alert whose monitor was deleted belongs to no project, and would be made again.
    api.list<SentryWorkflow>('workflows/'),
  ]);
  return {
    monitors: detectors.filter(({ type }) => type === 'metric_issue').map(foundMonitor),
    alerts: workflows.map((workflow) => foundAlert(workflow, mark)),
    errorMonitor: errorMonitorOf(detectors, project),
    nameOfMonitor: (id) => detectors.find((detector) => detector.id === id)?.name ?? `number ${id}`,
  };
}

/** Looks for a monitor of ours that a POST may have made. */
export async function findMonitor(
  api: SentryApi,
  project: SentryProject,
  name: string,
): Promise<SentryDetector | undefined> {
  const all = (await listDetectors(api, project)).filter(({ type }) => type === 'metric_issue').map(foundMonitor);
  return all.find((found) => found.isOurs && found.name === name)?.detector;
}

/** Looks for an alert of ours that a POST may have made. @param fullName with our mark. */
export async function findAlert(api: SentryApi, fullName: string): Promise<SentryWorkflow | undefined> {
  return (await api.list<SentryWorkflow>('workflows/')).find(({ name }) => name === fullName);
}

function listDetectors(api: SentryApi, { id }: SentryProject): Promise<readonly SentryDetector[]> {
  return api.list<SentryDetector>('detectors/', { project: id });
}

function foundMonitor(detector: SentryDetector): FoundMonitor {
  const { id, name, description } = detector;
  return { id, name, isOurs: description?.includes(DESCRIPTION_MARK) ?? false, detector };
}

function foundAlert(workflow: SentryWorkflow, mark: NameMark): FoundAlert {
  const bare = mark.strip(workflow.name);
  return { id: workflow.id, name: bare ?? workflow.name, isOurs: bare !== undefined, workflow };
}

/** The one of errors, if there is one: that of the whole issue stream would tell of the issues of our own monitors a second time. */
function errorMonitorOf(detectors: readonly SentryDetector[], { slug }: SentryProject): SentryDetector {
  const found = ['error', 'issue_stream']
    .map((type) => detectors.find((detector) => detector.type === type))
    .find((detector) => detector !== undefined);
  if (found) return found;
  throw new CommandError(
    `The project ${slug} has no monitor of errors, which Sentry makes with a project. The token may have no access to it: check that the integration may see ${slug}.`,
  );
}
