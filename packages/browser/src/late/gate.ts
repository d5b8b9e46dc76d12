import { createContextFilter, redact, scrubText, stripUrl } from '@qr/telemetry/privacy';
import type { AllowList, AllowListModule, Rules } from '../plan.ts';

/** Called for each thing that is left out. */
type Warn = (message: string) => void;

/** What the plan lets leave the page. */
export interface Gate {
  /** Rules of the properties that an event may carry; undefined for an unplanned event. */
  rulesOf(name: string): Rules | undefined;
  /** Whether a profile may hold the property. */
  isProfileKey(key: string): boolean;
  /** Returns the planned properties of an event, or undefined when a page may not send that event at all. */
  event(name: string, properties: unknown): Record<string, unknown> | undefined;
  /** Returns the planned properties of a user. */
  profile(properties: unknown): Record<string, unknown>;
  /** Returns the planned part of an error's context or of a breadcrumb's data, and warns of each key that it leaves out. */
  context(context: unknown): Record<string, unknown>;
  /** As {@link Gate.context} without warnings, for context that an SDK adds by itself. */
  quietContext(context: unknown): Record<string, unknown>;
}

/**
 * Creates the gate of a plan.
 *
 * @param module the allow-list as the app passed it. What is missing or malformed in it counts as unplanned, because nothing may leave by mistake.
 */
export function createGate(module: AllowListModule | undefined, warn: Warn): Gate {
  const { events, profile, contextKeys } = checked(module?.browserPlan ?? {}, warn);
  const filter = createContextFilter(contextKeys);
  const keep = (rules: Rules, properties: unknown, owner: string) => {
    const kept: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (value === undefined) continue;
      const rule = rules[key];
      if (rule) kept[key] = cleaned(value, rule);
      // The router adds the referrer to page views, whether or not the plan has it.
      else if (key !== 'referrer') warn(`property "${key}" ${owner} is not in the tracking plan and was left out`);
    }
    return kept;
  };
  return {
    rulesOf: (name) => events[name],
    isProfileKey: (key) => profile[key] !== undefined,
    event(name, properties) {
      const rules = events[name];
      if (rules) return keep(rules, properties, `of event "${name}"`);
      warn(`event "${name}" is not in the tracking plan for the browser and was not sent`);
      return undefined;
    },
    profile: (properties) => keep(profile, properties, 'of a profile'),
    context(context) {
      const { context: kept, dropped } = filter(context);
      for (const key of dropped) warn(`context key "${key}" is not in the tracking plan and was left out`);
      return kept;
    },
    quietContext: (context) => filter(context).context,
  };
}

/** Without these characters an id holds neither an e-mail address nor a telephone number, however it is encoded. */
const MAY_BE_PERSONAL = /[@%+＠﹫＋]/;

/**
 * Returns whether a user must not be named to a receiver: the id may hold an address, and the receiver is not the page's own server, which would hash
 * it. The page has no key for that.
 */
export function isHiddenUser(id: string, receiver: string, warn: Warn): boolean {
  if (!MAY_BE_PERSONAL.test(id) || new URL(receiver, location.href).origin === location.origin) return false;
  warn('User ids with an e-mail address are sent to the own origin only');
  return true;
}

function cleaned(value: unknown, rule: Rules[string]): unknown {
  if (rule === 'u') return scrubText(stripUrl(String(value)));
  return rule === 'v' ? value : redact(value);
}

/** Returns the well-formed part of an allow-list, in objects without a prototype, because no plan has an event named `constructor`. */
function checked(given: Partial<AllowList>, warn: Warn): AllowList {
  const list: AllowList = {
    events: mapOf(given.events, soundRules),
    profile: soundRules(given.profile),
    contextKeys: [given.contextKeys ?? []].flat().filter((key) => typeof key === 'string'),
  };
  const broken = Object.entries(list).filter(
    ([part, sound]) => JSON.stringify(sound) !== JSON.stringify(given[part as keyof AllowList]),
  );
  if (broken.length > 0) {
    warn(
      `the plan is missing or malformed (${broken.map(([part]) => part)}): pass the one that renderPagePlan renders`,
    );
  }
  return list;
}

function soundRules(rules: Rules | undefined): Rules {
  return mapOf(rules, (rule) => (/^[puv]$/.test(rule) ? rule : undefined));
}

function mapOf<T>(
  object: Readonly<Record<string, T>> | undefined,
  map: (value: T) => T | undefined,
): Record<string, T> {
  const entries = Object.entries(object ?? {}).map(([key, value]) => [key, map(value)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
}
