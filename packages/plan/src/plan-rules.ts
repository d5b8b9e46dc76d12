import type { Plan } from './define-plan.ts';
import type { Surface } from './event.ts';
import { isPerson, privacyOf, reasonOf } from './privacy.ts';
import { IsOptional, type TObject, type TSchema } from './typebox.ts';

const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const PROFILE_NAME = /^\$?[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** The vendor truncates longer names. Mixpanel reference, import-events. */
const MAX_NAME_BYTES = 255;
/** "Fewer than 255" properties an event; a dozen are added to each event on its way out. Mixpanel reference, import-events. */
const MAX_PROPERTIES = 240;

/** Written by the library or meaningful to the vendor; a plan may not claim them. Mixpanel reference, reserved properties. */
const RESERVED = new Set([
  'token',
  'ip',
  'time',
  'distinct_id',
  'bucket',
  'alias',
  'mp_lib',
  'mp_country_code',
  'service',
  'environment',
  'release',
  'trace_id',
]);

/** Profile fields that name a person; they leave raw only with a written reason. */
const PERSONAL_PROFILE_FIELDS = new Set(['$email', '$name', '$first_name', '$last_name', '$phone', '$avatar']);

/** Every rule that the plan breaks, as sentences; empty when it breaks none. */
export function checkPlan(plan: Plan): string[] {
  const problems: string[] = [];
  for (const [name, definition] of Object.entries(plan.events)) {
    checkName(`event "${name}"`, name, SNAKE_CASE, problems);
    checkEvent(name, definition, problems);
  }
  checkProperties('profile', plan.profile, PROFILE_NAME, problems);
  for (const role of ROLES) checkRole(role, plan, problems);
  for (const key of plan.context) checkName(`context key "${key}"`, key, SNAKE_CASE, problems);
  for (const [name, schema] of Object.entries(plan.profile.properties)) {
    if (PERSONAL_PROFILE_FIELDS.has(name) && privacyOf(schema) === 'plain') {
      problems.push(
        `profile property "${name}" is personal: class it hash or drop, or say why it must be raw with verbatim`,
      );
    }
  }
  return problems;
}

function checkEvent(name: string, definition: Plan['events'][string], problems: string[]): void {
  if (definition.description.trim() === '') problems.push(`event "${name}" has no description`);
  if (definition.owner.trim() === '') problems.push(`event "${name}" has no owner`);
  if (definition.surfaces.length === 0) problems.push(`event "${name}" may be sent from nowhere: list its surfaces`);
  if (definition.destinations.length === 0) problems.push(`event "${name}" goes nowhere: list its destinations`);
  checkProperties(`event "${name}"`, definition.schema, SNAKE_CASE, problems);
}

/** An event that the library sends by itself, and what it passes along. */
interface Role {
  readonly name: 'identify' | 'revenue' | 'pageView' | 'probe';
  readonly surface: Surface;
  /** Properties that the library always sends. */
  readonly sends: readonly string[];
  /** Properties that it may send as well; `any` where the caller chooses them. */
  readonly optional: readonly string[] | 'any';
}

const ROLES: readonly Role[] = [
  { name: 'identify', surface: 'server', sends: [], optional: [] },
  { name: 'revenue', surface: 'server', sends: ['amount', 'currency'], optional: 'any' },
  { name: 'pageView', surface: 'browser', sends: ['page'], optional: 'any' },
  { name: 'probe', surface: 'server', sends: ['check_id'], optional: ['sent_by'] },
];

function checkRole({ name: role, surface, sends, optional }: Role, plan: Plan, problems: string[]): void {
  const name = plan[role];
  if (name === undefined) return;
  const where = `${role} "${name}"`;
  const definition = Object.hasOwn(plan.events, name) ? plan.events[name] : undefined;
  if (!definition) return void problems.push(`${where} is not an event of the plan`);
  if (!definition.surfaces.includes(surface)) problems.push(`${where} must be sendable from the ${surface}`);
  // Only one vendor can merge ids: a second destination would see the event without its effect.
  if (role === 'identify' && definition.destinations.length !== 1) {
    problems.push(`${where} must go to one destination, which merges the ids`);
  }
  const { properties } = definition.schema;
  for (const property of sends) {
    if (!Object.hasOwn(properties, property)) problems.push(`${where} must have the property "${property}"`);
  }
  if (optional === 'any') return;
  const allowed = new Set([...sends, ...optional]);
  for (const property of Object.keys(properties).filter((key) => !allowed.has(key))) {
    problems.push(`${where} must not have the property "${property}", which the library cannot fill`);
  }
}

function checkProperties(where: string, schema: TObject, pattern: RegExp, problems: string[]): void {
  const names = Object.keys(schema.properties);
  if (names.length > MAX_PROPERTIES) {
    problems.push(`${where} has ${names.length} properties, at most ${MAX_PROPERTIES} are allowed`);
  }
  for (const [name, property] of Object.entries(schema.properties)) {
    const subject = `${where}, property "${name}"`;
    checkName(subject, name, pattern, problems);
    if (RESERVED.has(name)) problems.push(`${subject}: this name is reserved, choose another`);
    if (!('description' in property)) problems.push(`${subject} has no description`);
    if (privacyOf(property) === 'hash' && `${name}_hash` in schema.properties) {
      problems.push(`${subject} is sent as "${name}_hash", which is planned as well: remove one`);
    }
    if (privacyOf(property) === 'verbatim' && !reasonOf(property)?.trim()) {
      problems.push(`${subject} is verbatim: say why it must not be searched for secrets`);
    }
    if (isPerson(property) && privacyOf(property) !== 'plain') {
      problems.push(`${subject} is marked person: erasure compares ids, so it must be plain`);
    }
    if (!isSendableList(property)) {
      problems.push(`${subject}: expected a list of texts, numbers or booleans without a privacy class of their own`);
    }
    // A browser never has the raw value of these, so a required one could not be sent from there.
    if (privacyOf(property) === 'drop' && !IsOptional(property)) {
      problems.push(`${subject} never leaves: make it optional`);
    }
  }
}

const SCALARS = new Set(['string', 'number', 'integer', 'boolean']);

/** True for anything but a list, and for a list of scalars. */
function isSendableList(schema: TSchema): boolean {
  const { type, items } = schema as { type?: string; items?: TSchema & { type?: string; anyOf?: readonly unknown[] } };
  if (type !== 'array') return true;
  if (items === undefined || privacyOf(schema) === 'url' || privacyOf(schema) === 'hash') return false;
  return (
    privacyOf(items) === 'plain' && (items.anyOf !== undefined || 'const' in items || SCALARS.has(items.type ?? ''))
  );
}

function checkName(subject: string, name: string, pattern: RegExp, problems: string[]): void {
  if (!pattern.test(name)) problems.push(`${subject}: expected snake_case, got "${name}"`);
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) problems.push(`${subject} is longer than ${MAX_NAME_BYTES} bytes`);
}
