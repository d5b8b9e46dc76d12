import { browserPlan } from '@qr/events/browser';
import { redact, scrubText, stripUrl } from '@qr/telemetry/privacy';

/** Told what is left out, each time. */
type Warn = (message: string) => void;
/** `p` without secrets, `u` reduced to origin and path, `v` as it is. */
type Rules = Readonly<Record<string, 'p' | 'u' | 'v'>>;

/** What a profile may hold. */
export const plannedProfileKeys: ReadonlySet<string> = new Set(Object.keys(browserPlan.profile));

const events: Readonly<Record<string, Rules>> = browserPlan.events;

/** The planned properties of an event, or undefined when the browser may not send that event at all. */
export function plannedEvent(name: string, properties: unknown, warn: Warn): Record<string, unknown> | undefined {
  const rules = rulesOf(name);
  if (rules === undefined) {
    warn(`event "${name}" is not in the tracking plan for the browser and was not sent`);
    return undefined;
  }
  return keep(warn, rules, properties, `of event "${name}"`);
}

/** The planned properties of a person. */
export function plannedProfile(properties: unknown, warn: Warn): Record<string, unknown> {
  return keep(warn, browserPlan.profile, properties, 'of a profile');
}

/** The property names that an event may carry; undefined for an unplanned event. */
export function rulesOf(name: string): Rules | undefined {
  return Object.hasOwn(events, name) ? events[name] : undefined;
}

function keep(warn: Warn, rules: Rules, properties: unknown, owner: string): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties ?? {})) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) warn(`property "${key}" ${owner} is not in the tracking plan and was left out`);
    else if (value !== undefined)
      kept[key] = rule === 'u' ? scrubText(stripUrl(String(value))) : rule === 'v' ? value : redact(value);
  }
  return kept;
}
