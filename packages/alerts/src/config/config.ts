import type { Plan } from '@qr/plan';
import type { AlertRule } from '../rule.ts';
import type { Dashboards } from './dashboards.ts';

/** A value, or a function that loads it, so that a command loads only what it uses. */
export type Lazy<Value> = Value | (() => Value | Promise<Value>);

/** The content of `observability.config.ts`. */
export interface ConfigDefinition<Services extends readonly ServiceDefinition[] = readonly ServiceDefinition[]> {
  /** The tracking plan. @default none: the inbox takes any event and compares nothing */
  readonly plan?: Lazy<Plan>;
  /** Where the plan's documents are written. @default none */
  readonly planPaths?: Lazy<PlanPaths>;
  /** @default none */
  readonly alertRules?: Lazy<readonly AlertRule[]>;
  /** @default none */
  readonly dashboards?: Lazy<Dashboards>;
  /** Events from a user's first visit to the goal: the funnel that the inbox shows first. @default none */
  readonly funnel?: readonly string[];
  readonly services?: Services;
  /** The server of the web app. @default none */
  readonly web?: Pick<ServiceDefinition, 'name' | 'port' | 'folder' | 'originVariable'>;
}

/** One backend service. */
export interface ServiceDefinition {
  /** In kebab case, such as `reviews-service`: the name in logs, events and container images. */
  readonly name: string;
  /** The port under `npm start` with its default `--port-base`. */
  readonly port: number;
  /** Relative to the config file. @default services/<name> */
  readonly folder?: string;
  /** The environment variable in which other processes find its origin. @default the name in upper case and `_URL`: `REVIEWS_SERVICE_URL` */
  readonly originVariable?: string;
  /** Its schema in the database; the migrations are in `<folder>/migrations`. @default no database */
  readonly database?: string;
  /** Whether it has the route of `addErasureRoute`, so that erasures include it. @default true */
  readonly forgetsUsers?: boolean;
  /** How many instances `npm run cluster` and compose.yaml run. @default 1 */
  readonly instances?: number;
  /** A port of this machine under which compose.yaml publishes it. @default none: only other containers reach it */
  readonly publishedPort?: number;
  /** Further environment variables that compose.yaml passes on from `.env`. @default none */
  readonly variables?: readonly string[];
}

/** Where the documents of the plan are, from the folder of the config file. */
export interface PlanPaths {
  /** For people, in Markdown. */
  readonly document: string;
  /** For tools, in JSON. */
  readonly data: string;
}

/** A service with its defaults filled in. */
export interface Service extends Required<Omit<ServiceDefinition, 'database' | 'publishedPort'>> {
  readonly database: string | undefined;
  readonly publishedPort: number | undefined;
}

/** A checked config. `Name` is the names of its services and of its web server. */
export interface Config<Name extends string = string> {
  readonly services: readonly (Service & { readonly name: Name })[];
  readonly web: (Pick<Service, 'name' | 'port' | 'folder' | 'originVariable'> & { readonly name: Name }) | undefined;
  readonly funnel: readonly string[];
  readonly loadPlan: () => Promise<Plan | undefined>;
  readonly loadPlanPaths: () => Promise<PlanPaths | undefined>;
  readonly loadAlertRules: () => Promise<readonly AlertRule[]>;
  readonly loadDashboards: () => Promise<Required<Dashboards>>;
}

/**
 * Checks the content of a config file and fills in the defaults.
 *
 * @throws Error that lists every problem, with the field, what was expected and what came.
 */
export function defineConfig<
  const Services extends readonly ServiceDefinition[] = readonly [],
  const Web extends string = never,
>(
  definition: ConfigDefinition<Services> & { readonly web?: { readonly name: Web } },
): Config<Services[number]['name'] | Web> {
  const problems = problemsOf(definition);
  if (problems.length > 0) throw new Error(`The observability config is not valid:\n- ${problems.join('\n- ')}`);
  const { plan, planPaths, alertRules, dashboards, funnel = [], services = [], web } = definition;
  return Object.freeze({
    services: services.map(withDefaults),
    web: web && { ...web, folder: web.folder ?? `apps/${web.name}`, originVariable: originVariableOf(web) },
    funnel,
    loadPlan: async () => checkLoaded('plan', await load(plan)),
    loadPlanPaths: async () => checkLoaded('planPaths', await load(planPaths)),
    loadAlertRules: async () => checkLoaded('alertRules', await load(alertRules)) ?? [],
    loadDashboards: async () => ({
      sentry: [],
      mixpanelBoards: [],
      mixpanelCohorts: [],
      ...checkLoaded('dashboards', await load(dashboards)),
    }),
  }) as Config<Services[number]['name'] | Web>;
}

function withDefaults(service: ServiceDefinition): Service {
  const { name, port, folder = `services/${name}`, database, forgetsUsers = true, instances = 1 } = service;
  const { publishedPort, variables = [] } = service;
  const originVariable = originVariableOf(service);
  return { name, port, folder, originVariable, database, forgetsUsers, instances, publishedPort, variables };
}

async function load<Value>(lazy: Lazy<Value> | undefined): Promise<Value | undefined> {
  return typeof lazy === 'function' ? await (lazy as () => Value | Promise<Value>)() : lazy;
}

/** Returns everything that is wrong with the content of a config file: JSON and JavaScript files have no compiler that says so. */
function problemsOf(definition: unknown): string[] {
  if (!isObject(definition))
    return [`The default export must be defineConfig({ ... }) or an object, got ${show(definition)}.`];
  const { services = [], web, funnel } = definition;
  const problems = unknownFields(definition, FIELDS, '');
  if (funnel !== undefined && !(Array.isArray(funnel) && funnel.every(isText)))
    problems.push(`funnel must be an array of event names, got ${show(funnel)}.`);
  if (web !== undefined) problems.push(...serviceProblems(web, 'web'));
  if (!Array.isArray(services)) return [...problems, `services must be an array, got ${show(services)}.`];
  problems.push(...services.flatMap((service, index) => serviceProblems(service, `services[${index}]`)));
  if (problems.length > 0) return problems;
  const all = [...services, ...(web === undefined ? [] : [web])] as ServiceDefinition[];
  return [
    ...repeated(all, 'name', ({ name }) => name),
    ...repeated(all, 'port', ({ port }) => port),
    ...repeated(all, 'originVariable', originVariableOf),
    ...repeated(all, 'database', ({ database }) => database),
  ];
}

/** Returns the environment variable in which other processes find a service. */
function originVariableOf({ name, originVariable }: Pick<ServiceDefinition, 'name' | 'originVariable'>): string {
  return originVariable ?? `${name.toUpperCase().replaceAll('-', '_')}_URL`;
}

/** @throws Error when a part that was loaded is of another kind. */
function checkLoaded<Value>(field: keyof typeof LOADED, value: Value | undefined): Value | undefined {
  const { expected, isValid } = LOADED[field];
  if (value === undefined || isValid(value)) return value;
  const what =
    typeof value === 'object' && value !== null ? `an object with ${Object.keys(value).join(', ')}` : show(value);
  throw new Error(
    `The observability config is not valid:\n- ${field} must be ${expected}, or a function that returns it. Got ${what}.`,
  );
}

interface Field {
  readonly expected: string;
  readonly isValid: (value: unknown) => boolean;
  readonly isRequired?: boolean;
}

const LOADED = {
  plan: {
    expected: 'a plan of definePlan',
    isValid: (value) => isObject(value) && isObject(value['events']) && isObject(value['profile']),
  },
  planPaths: {
    expected: 'the paths document and data',
    isValid: (value) => isObject(value) && isText(value['document']) && isText(value['data']),
  },
  alertRules: { expected: 'an array of rules', isValid: Array.isArray },
  dashboards: { expected: 'an object with sentry, mixpanelBoards and mixpanelCohorts', isValid: isObject },
} satisfies Readonly<Record<string, Field>>;

const FIELDS = [...Object.keys(LOADED), 'funnel', 'services', 'web'];

const SERVICE_FIELDS: Readonly<Record<string, Field>> = {
  name: {
    expected: 'a name in kebab case, such as "reviews-service"',
    isValid: (value) => matches(value, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
    isRequired: true,
  },
  port: { expected: 'a port number from 1 to 65535', isValid: isPort, isRequired: true },
  folder: { expected: 'a path relative to the config file', isValid: isText },
  originVariable: {
    expected: 'the name of an environment variable, such as "REVIEWS_SERVICE_URL"',
    isValid: isVariable,
  },
  database: {
    expected: 'the name of a database schema, such as "reviews"',
    isValid: (value) => matches(value, /^[a-z][a-z0-9_]*$/),
  },
  forgetsUsers: { expected: 'true or false', isValid: (value) => typeof value === 'boolean' },
  instances: {
    expected: 'a whole number from 1 to 16',
    isValid: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 16,
  },
  publishedPort: { expected: 'a port number from 1 to 65535', isValid: isPort },
  variables: {
    expected: 'an array of names of environment variables',
    isValid: (value) => Array.isArray(value) && value.every(isVariable),
  },
};

function serviceProblems(service: unknown, path: string): string[] {
  if (!isObject(service)) return [`${path} must be an object, got ${show(service)}.`];
  const wrong = Object.entries(SERVICE_FIELDS).flatMap(([name, { expected, isValid, isRequired = false }]) => {
    const value = service[name];
    const isFine = value === undefined ? !isRequired : isValid(value);
    return isFine ? [] : [`${path}.${name} must be ${expected}, got ${show(value)}.`];
  });
  return [...unknownFields(service, Object.keys(SERVICE_FIELDS), `${path}.`), ...wrong];
}

function unknownFields(given: object, known: readonly string[], prefix: string): string[] {
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => `${prefix}${name} is not a known field. Expected one of ${known.join(', ')}.`);
}

/** Values that must differ, as two processes cannot share a port, a variable or a schema. */
function repeated(
  services: readonly ServiceDefinition[],
  field: string,
  read: (service: ServiceDefinition) => unknown,
): string[] {
  const owners = new Map<unknown, string>();
  return services.flatMap((service) => {
    const value = read(service);
    const owner = owners.get(value);
    if (value !== undefined) owners.set(value, service.name);
    return owner === undefined ? [] : [`${field} must differ: ${owner} and ${service.name} both have ${show(value)}.`];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isPort(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function isVariable(value: unknown): boolean {
  return matches(value, /^[A-Z][A-Z0-9_]*$/);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? typeof value;
}
