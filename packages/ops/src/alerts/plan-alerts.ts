import type { AlertRule } from '@qr/alerts';
import {
  DESCRIPTION_MARK,
  type Found,
  goneStep,
  isGone,
  judge,
  type NameMark,
  nameMark,
  type PlanItem,
  type Step,
} from '../as-code/plan.ts';
import { CommandError } from '../cli/command.ts';
import type { SentryApi } from '../sentry-api/sentry-api.ts';
import { findProject, type SentrySettings } from '../sentry-api/settings.ts';
import type { SentryDetector, SentryProject, SentryWorkflow } from '../sentry-api/shapes.ts';
import { alertBody, alertOf, fieldsOfAlert, findTargets, type Target, wantedAlert, warningsOf } from './alert.ts';
import { fieldsOfMonitor, monitorBody, monitorOf, wantedMonitor } from './monitor.ts';

/** What there is to do at Sentry for the rules, and how. */
interface AlertsPlan {
  /** A rule's monitor comes before its alert, and what is deleted last, alerts first. */
  readonly steps: readonly Step[];
  /** Where alerts of ours reach nobody, as sentences; of those just applied, too. */
  readonly warnings: () => readonly string[];
}

/** What a plan is made of. */
interface Surroundings {
  readonly api: SentryApi;
  readonly settings: SentrySettings;
  readonly project: SentryProject;
  readonly mark: NameMark;
  readonly targets: readonly Target[];
  readonly there: AtSentry;
  /** Monitors of rules, by the rule's name; those that are made in the course of applying, too. */
  readonly monitorIds: Map<string, string>;
  /** By id, as Sentry answered last. */
  readonly ourAlerts: Map<string, SentryWorkflow>;
}

/** Compares rules of Sentry's kinds with what Sentry has. Changes nothing. */
export async function planAlerts(
  api: SentryApi,
  settings: SentrySettings,
  rules: readonly AlertRule[],
): Promise<AlertsPlan> {
  const project = await findProject(api, settings, 'SENTRY_BACKEND_PROJECT', settings.backendProject);
  const mark = nameMark(project.slug);
  const there = await readSentry(api, project, mark);
  const targets = await findTargets(api, settings);
  const monitorIds = new Map<string, string>();
  const ourAlerts = new Map<string, SentryWorkflow>();
  const surroundings: Surroundings = { api, settings, project, mark, targets, there, monitorIds, ourAlerts };
  const steps = rules.flatMap((rule) => {
    if (rule.measure.kind === 'new_issues') return [alertStep(rule, there.errorMonitor.name, surroundings)];
    const monitor = monitorStep(rule, surroundings);
    return [monitor, isUsable(monitor.item) ? alertStep(rule, rule.name, surroundings) : blockedStep(rule, mark)];
  });
  return {
    steps: [...steps, ...goneSteps(rules, surroundings)],
    warnings: () => [...ourAlerts.values()].flatMap(warningsOf),
  };
}

function monitorStep(rule: AlertRule, { api, settings, project, there, monitorIds }: Surroundings): Step {
  const { name } = rule;
  const wanted = wantedMonitor(rule, settings.environment);
  const item = judge(
    {
      kind: 'monitor',
      name,
      fullName: name,
      fields: fieldsOfMonitor(wanted),
      handover: `add "${DESCRIPTION_MARK}" to its description`,
    },
    there.monitors,
    ({ detector }) => fieldsOfMonitor(monitorOf(detector)),
  );
  const found = there.monitors.find(({ id }) => id === item.id)?.detector;
  if (isUsable(item) && found) monitorIds.set(name, found.id);
  return {
    item,
    async perform() {
      const body = monitorBody(name, wanted, found);
      const stored = found
        ? await api.update<SentryDetector>(`detectors/${found.id}/`, body)
        : await api.create<SentryDetector>(`projects/${project.slug}/detectors/`, body, () =>
            findMonitor(api, project, name),
          );
      monitorIds.set(name, stored.id);
      return stored.id;
    },
  };
}

function alertStep(rule: AlertRule, monitorName: string, surroundings: Surroundings): Step {
  const { api, settings, mark, targets, there, monitorIds, ourAlerts } = surroundings;
  const name = mark.add(rule.name);
  const wanted = wantedAlert(rule, monitorName, settings.environment, targets);
  const item = judge(
    {
      kind: 'alert',
      name: rule.name,
      fullName: name,
      fields: fieldsOfAlert(wanted),
      handover: `add " ${mark.text}" to its name`,
    },
    there.alerts,
    ({ workflow }) => fieldsOfAlert(alertOf(workflow, there.nameOfMonitor)),
  );
  const found = there.alerts.find(({ id }) => id === item.id)?.workflow;
  if (isUsable(item) && found) ourAlerts.set(found.id, found);
  return {
    item,
    async perform() {
      const detectorId = rule.measure.kind === 'new_issues' ? there.errorMonitor.id : monitorIds.get(rule.name);
      const body = alertBody(name, wanted, detectorId === undefined ? [] : [detectorId], targets, found);
      const stored = found
        ? await api.update<SentryWorkflow>(`workflows/${found.id}/`, body)
        : await api.create<SentryWorkflow>('workflows/', body, () => findAlert(api, name));
      ourAlerts.set(stored.id, stored);
      return stored.id;
    },
  };
}

/** An alert that listens to nothing never fires, so that none is made before its monitor is ours. */
function blockedStep({ name }: AlertRule, mark: NameMark): Step {
  const item: PlanItem = {
    kind: 'alert',
    name: mark.add(name),
    verdict: 'blocked',
    id: null,
    changes: [],
    advice: `It waits for the monitor "${name}".`,
  };
  return { item, perform: () => Promise.reject(new Error(item.advice)) };
}

function goneSteps(rules: readonly AlertRule[], { api, there }: Surroundings): readonly Step[] {
  const names = new Set(rules.map(({ name }) => name));
  const monitorNames = new Set(rules.filter(({ measure }) => measure.kind !== 'new_issues').map(({ name }) => name));
  return [
    ...there.alerts
      .filter((alert) => isGone(alert, names))
      .map(({ id, workflow }) => goneStep(api, 'alert', id, workflow.name, `workflows/${id}/`)),
    ...there.monitors
      .filter((monitor) => isGone(monitor, monitorNames))
      .map(({ id, name }) => goneStep(api, 'monitor', id, name, `detectors/${id}/`)),
  ];
}

function isUsable({ verdict }: PlanItem): boolean {
  return verdict === 'create' || verdict === 'change' || verdict === 'unchanged';
}

interface FoundMonitor extends Found {
  readonly detector: SentryDetector;
}

interface FoundAlert extends Found {
  readonly workflow: SentryWorkflow;
}

/** What a project has at Sentry. */
interface AtSentry {
  readonly monitors: readonly FoundMonitor[];
  readonly alerts: readonly FoundAlert[];
  /** The monitor that every project has, of whatever errors it reports. */
  readonly errorMonitor: SentryDetector;
  /** As Sentry shows it; a number for those of other projects. */
  readonly nameOfMonitor: (id: string) => string;
}

/** Reads what is there. Names are compared here: Sentry's own search finds parts of words, too. */
async function readSentry(api: SentryApi, project: SentryProject, mark: NameMark): Promise<AtSentry> {
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
async function findMonitor(api: SentryApi, project: SentryProject, name: string): Promise<SentryDetector | undefined> {
  const all = (await listDetectors(api, project)).filter(({ type }) => type === 'metric_issue').map(foundMonitor);
  return all.find((found) => found.isOurs && found.name === name)?.detector;
}

/** Looks for an alert of ours that a POST may have made. @param fullName with our mark. */
async function findAlert(api: SentryApi, fullName: string): Promise<SentryWorkflow | undefined> {
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
