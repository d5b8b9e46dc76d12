import { type Check, type Finding, failed, ok, skipped } from '../check.ts';
import { destinationsOf, originOf, serviceAccountOf } from '../destinations.ts';

type Region = 'US' | 'EU' | 'India';

/** Mixpanel reference, ingestion, "Hosts by data residency". */
const INGESTION: Readonly<Record<string, Region>> = {
  'api.mixpanel.com': 'US',
  'api-js.mixpanel.com': 'US',
  'api-eu.mixpanel.com': 'EU',
  'api-in.mixpanel.com': 'India',
};
const APPLICATION: Readonly<Record<string, Region>> = {
  'mixpanel.com': 'US',
  'eu.mixpanel.com': 'EU',
  'in.mixpanel.com': 'India',
};

/**
 * Whether Mixpanel's hosts are of one region. Events that are sent to another region than the project's are not stored, and no answer says so:
 * only a look-up with a service account tells.
 */
export const residency: Check = {
  name: 'residency',
  about: "Mixpanel's hosts are those of one region",
  needs: ['variables'],
  isOffline: true,
  async run({ env }) {
    const { mixpanel, inbox } = destinationsOf(env);
    if (mixpanel === undefined) return skipped('MIXPANEL_TOKEN is not set.');
    if (mixpanel === inbox) return skipped('The inbox stands in for Mixpanel.');
    const api = new URL(mixpanel).hostname;
    const appOrigin = originOf(env['MIXPANEL_APP_HOST'] ?? '');
    const app = new URL(appOrigin ?? 'https://mixpanel.com').hostname;
    return compare({
      api,
      app,
      isAppHostSet: appOrigin !== undefined,
      isLookedUp: serviceAccountOf(env) !== undefined,
    });
  },
};

/** Returns the address of the application API of the region to which events are sent; `undefined` for a host that is not Mixpanel's. */
export function applicationOriginFor(apiOrigin: string): string | undefined {
  const region = INGESTION[new URL(apiOrigin).hostname];
  return region && `https://${hostOf(APPLICATION, region)}`;
}

interface Hosts {
  readonly api: string;
  readonly app: string;
  readonly isAppHostSet: boolean;
  /** Whether the test event is looked up with a service account. */
  readonly isLookedUp: boolean;
}

function compare({ api, app, isAppHostSet, isLookedUp }: Hosts): Finding {
  const swapped = APPLICATION[api];
  if (swapped)
    return wrongKind(
      'MIXPANEL_API_HOST',
      api,
      'where reports are read; events are not taken there',
      hostOf(INGESTION, swapped),
    );
  const swappedApp = INGESTION[app];
  if (swappedApp)
    return wrongKind(
      'MIXPANEL_APP_HOST',
      app,
      'where events are taken; reports are not read there',
      hostOf(APPLICATION, swappedApp),
    );
  const sends = INGESTION[api];
  const reads = APPLICATION[app];
  if (sends === undefined)
    return ok(`${api} is not a host of Mixpanel: in which region it delivers cannot be told from here.`);
  if (reads !== undefined && reads !== sends) {
    const [apiHost, appHost] = [hostOf(INGESTION, reads), hostOf(APPLICATION, sends)];
    return {
      // Whoever has set one host only reads nothing yet, or would have noticed.
      status: isAppHostSet ? 'failed' : 'warning',
      says: `Events are sent to ${api} (${sends}) and read from ${app} (${reads}${isAppHostSet ? '' : ', the default'}). A project lives in one region; what is sent to another is not stored, without an error.`,
      do: `Project Settings > Overview in Mixpanel says where the project lives. ${sends}: set MIXPANEL_APP_HOST=https://${appHost}. ${reads}: set MIXPANEL_API_HOST=https://${apiHost}.`,
    };
  }
  const proof = isLookedUp
    ? 'Whether the project lives there, mixpanel-event finds out.'
    : 'Whether the project lives there only Mixpanel knows: events that go to another region vanish without an error.';
  return {
    status: 'ok',
    says: `Events are sent to and read from the ${sends} region. ${proof}`,
    ...(!isLookedUp && {
      do: 'Compare with Project Settings > Overview, or set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID: then the test event is looked up.',
    }),
  };
}

function wrongKind(variable: string, host: string, what: string, right: string): Finding {
  return failed(`${variable} is ${host}, ${what}.`, `Set ${variable} to https://${right}.`);
}

function hostOf(hosts: Readonly<Record<string, Region>>, region: Region): string {
  return Object.keys(hosts).find((host) => hosts[host] === region) ?? '';
}
