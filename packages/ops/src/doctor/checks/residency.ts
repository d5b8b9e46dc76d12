import type { Check, Finding } from '../check.ts';
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
    if (mixpanel === undefined) return { status: 'skipped', says: 'MIXPANEL_TOKEN is not set.' };
    if (mixpanel === inbox) return { status: 'skipped', says: 'The inbox stands in for Mixpanel.' };
    const api = new URL(mixpanel).hostname;
    const app = new URL(originOf(env['MIXPANEL_APP_HOST'] ?? '') ?? 'https://mixpanel.com').hostname;
    return compare(api, app, serviceAccountOf(env) !== undefined);
  },
};

function compare(api: string, app: string, isLookedUp: boolean): Finding {
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
    return {
      status: 'ok',
      says: `${api} is not a host of Mixpanel: in which region it delivers cannot be told from here.`,
    };
  if (reads !== undefined && reads !== sends) {
    return {
      status: 'failed',
      says: `Events are sent to ${api} (${sends}) and read from ${app} (${reads}). A project lives in one region, and what is sent to another is not stored, without an error.`,
      do: `In Mixpanel, Project Settings > Overview says where the project lives. Then set MIXPANEL_API_HOST and MIXPANEL_APP_HOST to its pair: ${pairs()}.`,
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
  return {
    status: 'failed',
    says: `${variable} is ${host}, ${what}.`,
    do: `Set ${variable} to https://${right}.`,
  };
}

function hostOf(hosts: Readonly<Record<string, Region>>, region: Region): string {
  return Object.keys(hosts).find((host) => hosts[host] === region) ?? '';
}

function pairs(): string {
  return (['US', 'EU', 'India'] as const)
    .map((region) => `${region} https://${hostOf(INGESTION, region)} and https://${hostOf(APPLICATION, region)}`)
    .join('; ');
}
