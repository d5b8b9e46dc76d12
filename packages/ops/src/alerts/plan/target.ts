import { CommandError } from '../../cli/command-error.ts';
import type { SentryApi } from '../../sentry-api/sentry-api.ts';
import type { SentrySettings } from '../../sentry-api/settings.ts';
import type { SentryAction, SentryIntegration } from '../../sentry-api/shapes.ts';

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
export function textOfTarget({ type, integrationId, data, config }: Target): string {
  if (type === 'email' && config.targetType === 'issue_owners')
    return `e-mail to issue owners, else ${data.fallthroughType ?? 'nobody'}`;
  if (type === 'slack')
    return `Slack #${(config.targetDisplay ?? '').replace(/^#/, '')} (integration ${integrationId})`;
  return `${type} to ${[config.targetType, config.targetDisplay ?? config.targetIdentifier].filter(Boolean).join(' ')}`;
}

/** The body of an action. One that is there keeps its id and what Sentry sends to. */
export function targetBody(target: Target, found?: SentryAction): object {
  const isSame = found !== undefined && textOfTarget(found) === textOfTarget(target);
  return {
    ...(found ? { id: found.id } : {}),
    ...target,
    config: { ...target.config, ...(isSame ? { targetIdentifier: found.config.targetIdentifier ?? '' } : {}) },
    status: 'active',
  };
}

/** Sentry saves a channel that it does not find, and without an error. It looks again whenever the alert is saved. */
export function isUnfound({ type, config }: SentryAction): boolean {
  return type === 'slack' && !config.targetIdentifier;
}
