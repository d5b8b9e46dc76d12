import { objectAt, textAt } from '../sentry/fields.ts';
import type { JsonObject, StoredError } from '../store/records.ts';
import { facetsOf, userAgentOf } from './facets.ts';
import { readUserAgent } from './user-agent.ts';

/** Where an error happened, by name, in the order in which the page shows it. */
export interface Highlights {
  readonly level: string;
  readonly service: string | null;
  readonly environment: string | null;
  readonly release: string | null;
  readonly transaction: string | null;
  readonly url: string | null;
  readonly browser: string | null;
  readonly os: string | null;
  readonly runtime: string | null;
  readonly device: string | null;
}

/** Returns where an error happened. Names carry versions where they are known. */
export function highlightsOf(error: StoredError): Highlights {
  const { event, level } = error;
  const contexts = objectAt(event, 'contexts');
  const { service, environment, release, url, browser } = facetsOf(error);
  const agent = readUserAgent(userAgentOf(event));
  const device = objectAt(contexts, 'device');
  return {
    level,
    service,
    environment,
    release,
    transaction: textAt(event, 'transaction'),
    url,
    browser: nameWithVersion(objectAt(contexts, 'browser')) ?? joined(agent.browser, agent.browserVersion) ?? browser,
    os:
      nameWithVersion(objectAt(contexts, 'os')) ??
      nameWithVersion(objectAt(contexts, 'client_os')) ??
      joined(agent.os, agent.osVersion),
    runtime: nameWithVersion(objectAt(contexts, 'runtime')),
    device: textAt(device, 'model') ?? textAt(device, 'family'),
  };
}

function nameWithVersion(context: JsonObject): string | null {
  return joined(textAt(context, 'name'), textAt(context, 'version'));
}

function joined(name: string | null, version: string | null): string | null {
  return name === null ? null : [name, version].filter((part) => part !== null).join(' ');
}
