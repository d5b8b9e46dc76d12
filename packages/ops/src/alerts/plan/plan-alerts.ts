import type { AlertRule } from '@qr/alerts';
import { goneStep, type Step } from '../../as-code/apply.ts';
import { DESCRIPTION_MARK, type NameMark, nameMark } from '../../as-code/mark.ts';
import { isGone, judge, type PlanItem } from '../../as-code/plan.ts';
import type { SentryApi } from '../../sentry-api/sentry-api.ts';
import { findProject, type SentrySettings } from '../../sentry-api/settings.ts';
import type { SentryDetector, SentryProject, SentryWorkflow } from '../../sentry-api/shapes.ts';
import { alertBody, alertOf, fieldsOfAlert, wantedAlert, warningsOf } from './alert.ts';
import { type AtSentry, findAlert, findMonitor, readSentry } from './at-sentry.ts';
import { fieldsOfMonitor, monitorBody, monitorOf, wantedMonitor } from './monitor.ts';
import { findTargets, type Target } from './target.ts';

/** What there is to do at Sentry for the rules, and how. */
export interface AlertsPlan {
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
