import { CommandError } from '../cli/command.ts';
import type { Check } from './check.ts';
import { alertToken } from './checks/alert-token.ts';
import { analytics } from './checks/analytics.ts';
import { page, production, spelling, variables } from './checks/environment.ts';
import { clock, inboxCheck, mixpanelHost, sentryHost } from './checks/hosts.ts';
import { mixpanelEvent } from './checks/mixpanel-event.ts';
import { redis } from './checks/redis.ts';
import { residency } from './checks/residency.ts';
import { sdkCopies } from './checks/sdk-copies.ts';
import { sentryError } from './checks/sentry-error.ts';
import { services } from './checks/services.ts';
import { deadLetters, spoolFolder } from './checks/spool.ts';

/** Every check, each behind those that it needs: first what can be told without the network. */
export const allChecks: readonly Check[] = [
  variables,
  spelling,
  production,
  page,
  residency,
  spoolFolder,
  deadLetters,
  sdkCopies,
  inboxCheck,
  mixpanelHost,
  sentryHost,
  clock,
  redis,
  services,
  analytics,
  mixpanelEvent,
  sentryError,
  alertToken,
];

interface Selection {
  /** By name; all when absent. */
  readonly only?: readonly string[];
  readonly offline?: boolean;
}

/** The checks that are wanted, with those that they need, in their order. @throws CommandError for a name that no check has. */
export function selectChecks(checks: readonly Check[], { only, offline = false }: Selection): readonly Check[] {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const wanted = new Set<Check>();
  const want = (name: string): void => {
    const check = byName.get(name);
    if (check === undefined)
      throw new CommandError(`--only must be one of ${[...byName.keys()].join(', ')}, got "${name}".`);
    wanted.add(check);
    check.needs.forEach(want);
  };
  for (const name of only ?? byName.keys()) want(name);
  const selected = checks.filter((check) => wanted.has(check) && !(offline && !check.isOffline));
  const cut = only?.find((name) => offline && byName.get(name)?.isOffline === false);
  if (cut !== undefined)
    throw new CommandError(`--only ${cut} asks the network, and --offline forbids it: leave one of them out.`);
  return selected;
}
