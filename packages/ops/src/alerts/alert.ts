import type { AlertRule } from '@qr/alerts';
import type { Fields } from '../as-code/plan.ts';
import { CommandError } from '../cli/command.ts';
import type { SentryApi } from '../sentry-api/sentry-api.ts';
import type { SentrySettings } from '../sentry-api/settings.ts';
import type {
  SentryAction,
  SentryActionFilter,
  SentryCondition,
  SentryIntegration,
  SentryWorkflow,
} from '../sentry-api/shapes.ts';

/** What we manage of an alert: who is told, of what, and how often. */
interface Alert {
  readonly enabled: boolean;
  readonly environment: string | null;
  /** How long Sentry waits before it tells of the same issue again. */
  readonly frequencyMinutes: number;
  /** Their names. */
  readonly monitors: readonly string[];
  /** Types of what sets it off. */
  readonly triggers: readonly string[];
  /** One text for each group of targets, in an order of ours: Sentry has none. */
  readonly tells: readonly string[];
}

/** What Sentry takes, in minutes. */
const FREQUENCIES = [1440, 720, 180, 60, 30, 10, 5] as const;
/** A new kind of error is an issue, and a monitor makes one when its condition is met. */
const FIRST_TIME = 'first_seen_event';
/** When its condition is met again later, a monitor opens the same issue, which is not seen for the first time. */
const AGAIN = 'regression_event';

/** What the file asks for. @param monitor the name of the monitor that it listens to. */
export function wantedAlert(
  { measure, condition, name }: AlertRule,
  monitor: string,
  environment: string | null,
  targets: readonly Target[],
): Alert {
  const isNewIssue = measure.kind === 'new_issues';
  if (isNewIssue && !('above' in condition && condition.above === 0))
    throw new CommandError(
      `Sentry tells of each new issue by itself: the condition of the rule "${name}" must be { above: 0 }, got ${JSON.stringify(condition)}.`,
    );
  const windowMinutes = 'windowMinutes' in measure ? measure.windowMinutes : 0;
  return {
    enabled: true,
    // A monitor of ours looks at its environment only, and what it finds need not bear one.
    environment: isNewIssue ? environment : null,
    frequencyMinutes: FREQUENCIES.find((minutes) => minutes <= windowMinutes) ?? 0,
    monitors: [monitor],
    triggers: isNewIssue ? [FIRST_TIME] : [FIRST_TIME, AGAIN],
    tells: [targets.map(textOfTarget).sort().join(', ')],
  };
}

/** What Sentry has. */
export function alertOf(workflow: SentryWorkflow, nameOfMonitor: (id: string) => string): Alert {
  return {
    enabled: workflow.enabled,
    environment: workflow.environment,
    frequencyMinutes: workflow.config.frequency ?? 0,
    monitors: (workflow.detectorIds ?? []).map(nameOfMonitor),
    triggers: (workflow.triggers?.conditions ?? []).map(({ type }) => type),
    tells: (workflow.actionFilters ?? []).map(sayFilter),
  };
}

/** Field by field, for people and for comparing. */
export function fieldsOfAlert({ enabled, environment, frequencyMinutes, monitors, triggers, tells }: Alert): Fields {
  return {
    when: [...triggers].sort().join(' or ') || 'never',
    at:
      monitors
        .map((monitor) => `monitor "${monitor}"`)
        .sort()
        .join(', ') || 'no monitor',
    tells: tells.join('; ') || 'nobody',
    environment: environment ?? 'all',
    'tells again after': `${frequencyMinutes} min`,
    enabled: enabled ? 'yes' : 'no',
  };
}

/** The body of a POST or a PUT. Groups, conditions and actions that are there keep their ids: without them a PUT would make them anew. */
export function alertBody(
  name: string,
  { enabled, environment, frequencyMinutes, triggers }: Alert,
  detectorIds: readonly string[],
  targets: readonly Target[],
  found?: SentryWorkflow,
): object {
  const filter = found?.actionFilters?.[0];
  return {
    ...(found ? { id: found.id } : {}),
    name,
    enabled,
    environment,
    config: { frequency: frequencyMinutes },
    detectorIds,
    triggers: {
      ...idOf(found?.triggers),
      logicType: 'any-short',
      conditions: triggers.map((type) => ({
        ...idOf(found?.triggers?.conditions.find((condition: SentryCondition) => condition.type === type)),
        type,
        comparison: true,
        conditionResult: true,
      })),
    },
    actionFilters: [
      {
        ...idOf(filter),
        logicType: 'all',
        conditions: [],
        actions: targets.map((target) =>
          targetBody(
            target,
            filter?.actions.find((action) => action.type === target.type),
          ),
        ),
      },
    ],
  };
}

/** Where an alert sends what arrives nowhere, as sentences. */
export function warningsOf({ name, actionFilters }: SentryWorkflow): readonly string[] {
  const all = (actionFilters ?? []).flatMap(({ actions }): readonly SentryAction[] => actions);
  return all
    .filter(isUnfound)
    .map(
      (action) =>
        `Sentry does not find ${textOfTarget(action)}, so that "${name}" does not reach it: invite the Sentry app to the channel, or correct SENTRY_SLACK_CHANNEL, and apply again.`,
    );
}

function sayFilter({ conditions, logicType, actions }: SentryActionFilter): string {
  const only = conditions.length === 0 ? '' : `if ${logicType} of ${conditions.map(({ type }) => type).join(', ')}: `;
  return `${only}${actions.map(sayAction).sort().join(', ')}`;
}

/** One that was not found is not as the file says: applying again looks for it again. */
function sayAction(action: SentryAction): string {
  return isUnfound(action) ? `${textOfTarget(action)} (not found)` : textOfTarget(action);
}

function idOf(found: { readonly id: string } | null | undefined): { readonly id?: string } {
  return found ? { id: found.id } : {};
}

/** Whom an alert tells: an action of Sentry, before Sentry knows it. */
export type Target = Pick<SentryAction, 'type' | 'integrationId' | 'data' | 'config'>;

/** Whoever the code belongs to, and everybody who is active where that is not known. */
const ISSUE_OWNERS: Target = {
  type: 'email',
  integrationId: null,
  data: { fallthroughType: 'ActiveMembers' },
  config: { targetType: 'issue_owners', targetDisplay: null, targetIdentifier: '' },
};

/** E-mail, and Slack when a channel is set. @throws CommandError when Sentry is not connected with Slack. */
export async function findTargets(
  api: SentryApi,
  { org, slackChannel, slackWorkspace }: SentrySettings,
): Promise<readonly Target[]> {
  if (slackChannel === undefined) return [ISSUE_OWNERS];
  const all = (await api.list<SentryIntegration>('integrations/', { providerKey: 'slack' })).filter(
    ({ provider, organizationIntegrationStatus }) =>
      provider.key === 'slack' && organizationIntegrationStatus === 'active',
  );
  const fitting = slackWorkspace === undefined ? all : all.filter(({ name }) => name === slackWorkspace);
  const [integration, ...others] = fitting;
  const names = all.map(({ name }) => name).join(', ');
  if (!integration)
    throw new CommandError(
      all.length === 0
        ? `SENTRY_SLACK_CHANNEL is set, but ${org} is not connected with Slack: add the integration at Sentry, or leave the variable out.`
        : `SENTRY_SLACK_WORKSPACE must be one of ${names}, got "${slackWorkspace}".`,
    );
  if (others.length > 0)
    throw new CommandError(
      `${org} is connected with several Slack workspaces: SENTRY_SLACK_WORKSPACE must say which of ${names}.`,
    );
  return [
    ISSUE_OWNERS,
    {
      type: 'slack',
      integrationId: integration.id,
      data: {},
      config: { targetType: 'specific', targetDisplay: slackChannel, targetIdentifier: '' },
    },
  ];
}

/** As a person reads it. What Sentry finds out by itself, as the id of a channel, is not in it. */
function textOfTarget({ type, integrationId, data, config }: Target): string {
  if (type === 'email' && config.targetType === 'issue_owners')
    return `e-mail to issue owners, else ${data.fallthroughType ?? 'nobody'}`;
  if (type === 'slack')
    return `Slack #${(config.targetDisplay ?? '').replace(/^#/, '')} (integration ${integrationId})`;
  return `${type} to ${[config.targetType, config.targetDisplay ?? config.targetIdentifier].filter(Boolean).join(' ')}`;
}

/** The body of an action. One that is there keeps its id and what Sentry sends to. */
function targetBody(target: Target, found?: SentryAction): object {
  const isSame = found !== undefined && textOfTarget(found) === textOfTarget(target);
  return {
    ...(found ? { id: found.id } : {}),
    ...target,
    config: { ...target.config, ...(isSame ? { targetIdentifier: found.config.targetIdentifier ?? '' } : {}) },
    status: 'active',
  };
}

/** Sentry saves a channel that it does not find, and without an error. It looks again whenever the alert is saved. */
function isUnfound({ type, config }: SentryAction): boolean {
  return type === 'slack' && !config.targetIdentifier;
}
