import type { Plan } from '@qr/plan';
import type { AlertRule } from '../rule.ts';
import type { Dashboards } from './dashboards.ts';
import { checkLoaded, originVariableOf, problemsOf } from './problems.ts';

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
