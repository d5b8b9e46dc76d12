import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '@qr/plan';

/** Where the platform tracks: its services, its app, what several servers share, and the operator's tool. */
const SOURCES = ['services', 'apps/web/src', 'packages/common/src', 'packages/ops/src'];
/** Revenue is an event with a function of its own. */
const CALL = /\btrack(?:Event\(\s*'(?<event>\w+)'|(?<revenue>Revenue)\((?!\s*\w+:))/g;

interface Place {
  readonly path: string;
  readonly line: number;
}

/** Which line tracks which event, as a document for people who learn from the platform. */
export function renderEventMap(plan: Plan, root: string): string {
  const places = new Map<string, Place[]>();
  for (const path of SOURCES.flatMap((folder) => sourcesIn(root, folder))) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const match of text.matchAll(CALL)) {
      const name = match.groups?.['event'] ?? plan.revenue;
      if (name === undefined) continue;
      const line = text.slice(0, match.index).split('\n').length;
      places.set(name, [...(places.get(name) ?? []), { path, line }]);
    }
  }
  const rows = Object.entries(plan.events).map(([name, { description }]) => {
    const found = (places.get(name) ?? []).map(({ path, line }) => `[${path}:${line}](../${path}#L${line})`);
    const trackedBy = found.join('<br>') || byLibrary(name, plan) || 'planned, not tracked yet';
    return `| \`${name}\` | ${description} | ${trackedBy} |`;
  });
  return [
    '# Which line tracks which event',
    '',
    'Generated from the sources by `npm run generate`. What an event may say is in [MIXPANEL_EVENTS_TRACKING.md](../MIXPANEL_EVENTS_TRACKING.md).',
    '',
    '| event | when | tracked by |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Functions of the libraries that send an event because of its role in the plan. */
function byLibrary(name: string, { identify, pageView }: Plan): string | undefined {
  if (name === identify) return '`identifyUser`';
  return name === pageView ? '`createSentryRouter`, `trackPageView`' : undefined;
}

function sourcesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !/\/(?:node_modules|dist|test)\/|\.d\.ts$/.test(path))
    .sort();
}
