import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { Value } from 'typebox/value';
import { type ObservabilityConfig, observabilityVariables } from './config.ts';

/** Environment variables that are missing or malformed; the message lists every one of them. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks a service's environment together with the library's own variables.
 *
 * An empty variable counts as absent, numbers and booleans are converted, defaults are filled in. A schema may carry the keywords
 * `expected` (words for the error message), `secret` (its value is never shown) and `requiredInProduction`.
 *
 * @throws ConfigError with every problem at once.
 */
export function loadConfig<P extends TProperties>(
  schema: TObject<P>,
  env: Environment = process.env,
): Readonly<Static<TObject<P>> & ObservabilityConfig> {
  const { config, problems } = readVariables({ ...observabilityVariables, ...schema.properties }, env);
  if (problems.size > 0) throw new ConfigError([...problems.values()]);
  return Object.freeze(config) as Readonly<Static<TObject<P>> & ObservabilityConfig>;
}

/** {@link loadConfig} for a `main.ts`: prints the message and ends the process with 1 when the environment is not usable. */
export function loadConfigOrExit<P extends TProperties>(
  schema: TObject<P>,
  env: Environment = process.env,
): Readonly<Static<TObject<P>> & ObservabilityConfig> {
  try {
    return loadConfig(schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** The library's own part of the environment: what is usable, and a sentence for each variable that is not. */
export function readObservabilityConfig(env: Environment = process.env): {
  config: ObservabilityConfig;
  problems: ReadonlyMap<string, string>;
} {
  const { config, problems } = readVariables(observabilityVariables, env);
  return { config: config as ObservabilityConfig, problems };
}

function readVariables(properties: TProperties, env: Environment) {
  const schema = Type.Object(properties);
  const present = Object.fromEntries(
    Object.keys(properties).flatMap((name) => (env[name]?.trim() ? [[name, env[name]?.trim()]] : [])),
  );
  const config = Value.Convert(schema, Value.Default(schema, present)) as Record<string, unknown>;
  const problems = new Map<string, string>();
  for (const { keyword, instancePath, params } of Value.Errors(schema, config)) {
    const missing = keyword === 'required' ? (params as { requiredProperties: string[] }).requiredProperties : [];
    for (const name of missing) problems.set(name, describeMissing(name, keywordsOf(properties, name)));
    const name = instancePath.split('/')[1];
    if (name && !problems.has(name))
      problems.set(name, describeWrong(name, keywordsOf(properties, name), present[name]));
  }
  if (config['NODE_ENV'] === 'production') {
    for (const name of Object.keys(properties)) {
      const keywords = keywordsOf(properties, name);
      if (keywords.requiredInProduction && config[name] === undefined) {
        problems.set(name, `${describeMissing(name, keywords)} It is required in production.`);
      }
    }
  }
  // What is malformed counts as absent, so that the usable rest can still be used.
  for (const name of problems.keys()) delete config[name];
  return { config, problems };
}

interface Keywords {
  readonly description?: string;
  readonly expected?: string;
  readonly secret?: boolean;
  readonly requiredInProduction?: boolean;
}

function keywordsOf(properties: TProperties, name: string): Keywords {
  return (properties[name] ?? {}) as Keywords;
}

function describeMissing(name: string, { expected, description }: Keywords): string {
  return `${name} is missing: expected ${expected ?? description ?? 'a value'}.`;
}

function describeWrong(name: string, { expected, description, secret }: Keywords, value: unknown): string {
  const got = secret ? `${String(value).length} characters that are not` : JSON.stringify(value);
  return `${name}: expected ${expected ?? description ?? 'another value'}, got ${got}.`;
}
