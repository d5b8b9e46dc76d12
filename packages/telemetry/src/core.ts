import type { Plan } from '@qr/plan';
import { createPeople, type People } from './people.ts';
import type { ObservabilityConfig, observabilityVariables } from './settings/config.ts';
import { readObservabilityConfig } from './settings/load-config.ts';
import { spoolRootOf } from './settings/spool-root.ts';
import { createWarnOnce, type WarnOnce } from './warn-once.ts';

/** Settings by the names of their environment variables. */
export type Variables = Readonly<Partial<Record<keyof typeof observabilityVariables, string | undefined>>>;

/** Settings as they were read. */
export interface Settings {
  readonly config: ObservabilityConfig;
  /** A sentence for each setting that is missing or malformed. */
  readonly problems: ReadonlyMap<string, string>;
  /** The settings among `problems` that are set; the others are missing. */
  readonly malformed: ReadonlySet<string>;
}

/** What all parts of one telemetry instance share. */
export interface Core {
  readonly plan: Plan;
  /** Returns the settings, read again at each call: the environment of a process may be completed after the first import. */
  readSettings(): Settings;
  /** Prints a warning the first time that this instance meets it. */
  readonly warnOnce: WarnOnce;
  /** The name of the service; `undefined` until it is named. */
  readonly serviceName: () => string | undefined;
  /** Names the service; a later name does not replace an earlier one. */
  readonly nameService: (name: string | undefined) => void;
  /** Returns the folder for records that are not delivered yet; `undefined` when there is none. */
  readonly spoolRoot: (config: ObservabilityConfig) => string | undefined;
  /** Returns URLs of services to which requests carry the trace on. */
  readonly traceOrigins: () => readonly string[];
  /** Ids and hashes of people. */
  readonly people: People;
}

export interface CoreOptions {
  readonly plan: Plan;
  /** Where settings are read from. @default process.env */
  readonly variables?: () => Variables;
  /** What warnings call a setting that does not come from the environment. @default the name of its variable */
  readonly labels?: Readonly<Partial<Record<keyof Variables, string>>>;
  /** Called when error tracking starts. @default none */
  readonly traceOrigins?: () => readonly string[];
  /** @default true */
  readonly keepsOnDisk?: boolean;
}

/** Creates the shared part of an instance. Reads nothing yet. */
export function createCore({
  plan,
  variables = () => process.env as Variables,
  labels,
  traceOrigins = () => [],
  keepsOnDisk = true,
}: CoreOptions): Core {
  const warnOnce = createWarnOnce();
  let service: string | undefined;
  const readSettings = () => {
    const settings = readObservabilityConfig(variables());
    return labels ? { ...settings, problems: relabel(settings.problems, labels) } : settings;
  };
  return {
    plan,
    readSettings,
    warnOnce,
    serviceName: () => service,
    nameService: (name) => {
      service ??= name;
    },
    spoolRoot: (config) => (keepsOnDisk ? spoolRootOf(config, service) : undefined),
    traceOrigins,
    people: createPeople({ readSettings, variables, warnOnce }),
  };
}

/** Replaces the names of variables, with which problems begin. */
function relabel(
  problems: ReadonlyMap<string, string>,
  labels: NonNullable<CoreOptions['labels']>,
): ReadonlyMap<string, string> {
  return new Map(
    [...problems].map(([name, problem]) => [name, problem.replace(name, labels[name as keyof Variables] ?? name)]),
  );
}
