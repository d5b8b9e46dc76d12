import Type, { type Static, type TObject, type TProperties, Value } from '@qr/plan/typebox';
import { type ObservabilityConfig, observabilityVariables, type VariableKeywords } from './config.ts';
import { describeSecret, tooShort } from './secret-complaints.ts';

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
 * `expected` (words for the error message), `secret` (its value is never shown), `requiredInProduction`, `normalize` and `complain`.
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
  /** The variables among `problems` that are set; the others are missing. */
  malformed: ReadonlySet<string>;
} {
  const { config, problems, malformed } = readVariables(observabilityVariables, env);
  return { config: config as ObservabilityConfig, problems, malformed };
}

/** Checks a value that was passed to a function instead of being set as a variable. */
export function checkValue(
  name: keyof typeof observabilityVariables,
  value: unknown,
): { readonly value: string } | { readonly problem: string } {
  const keywords = keywordsOf(observabilityVariables, name);
  if (typeof value !== 'string') return { problem: `expected ${keywords.expected}, got ${nameOfType(value)}` };
  const { [name]: text } = present({ [name]: observabilityVariables[name] }, { [name]: value });
  const complaint = keywords.complain?.(text ?? '', false);
  return complaint === undefined
    ? { value: text ?? '' }
    : { problem: `expected ${keywords.expected}, got ${complaint}` };
}

function readVariables(properties: TProperties, env: Environment) {
  const schema = Type.Object(properties);
  const given = present(properties, env);
  const config = Value.Convert(schema, Value.Default(schema, { ...given })) as Record<string, unknown>;
  const isProduction = config['NODE_ENV'] === 'production';
  const problems = new Map<string, string>();
  for (const { keyword, instancePath, params } of Value.Errors(schema, config)) {
    const missing = keyword === 'required' ? (params as { requiredProperties: string[] }).requiredProperties : [];
    for (const name of missing) problems.set(name, describeMissing(name, keywordsOf(properties, name)));
    const name = instancePath.split('/')[1];
    if (name && !problems.has(name))
      problems.set(name, describeWrong(name, keywordsOf(properties, name), config[name]));
  }
  for (const [name, value] of Object.entries(given)) {
    const keywords = keywordsOf(properties, name);
    const complaint = problems.has(name) ? undefined : keywords.complain?.(value, isProduction);
    if (complaint !== undefined) problems.set(name, describe(name, keywords, complaint));
  }
  for (const name of isProduction ? Object.keys(properties) : []) {
    const keywords = keywordsOf(properties, name);
    if (keywords.requiredInProduction && given[name] === undefined) {
      problems.set(name, `${describeMissing(name, keywords)} It is required in production.`);
    }
  }
  // What is malformed counts as absent, so that the usable rest can still be used.
  for (const name of problems.keys()) delete config[name];
  const malformed = new Set([...problems.keys()].filter((name) => given[name] !== undefined));
  return { config, problems, malformed };
}

/** The variables that are set, in the form in which they are used. */
function present(properties: TProperties, env: Environment): Record<string, string> {
  const names = Object.keys(properties);
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = env[name]?.trim();
      return text ? [[name, keywordsOf(properties, name).normalize?.(text) ?? text]] : [];
    }),
  );
}

function keywordsOf(properties: TProperties, name: string): VariableKeywords & { readonly minLength?: number } {
  return (properties[name] ?? {}) as VariableKeywords;
}

function describeMissing(name: string, { expected, description }: VariableKeywords): string {
  return `${name} is missing: expected ${expected ?? description ?? 'a value'}.`;
}

function describeWrong(
  name: string,
  keywords: VariableKeywords & { readonly minLength?: number },
  value: unknown,
): string {
  const text = String(value);
  const secret = () => tooShort(text, keywords.minLength ?? 0) ?? describeSecret(text);
  return describe(name, keywords, keywords.secret ? secret() : JSON.stringify(value));
}

function describe(name: string, { expected, description }: VariableKeywords, got: string): string {
  return `${name}: expected ${expected ?? description ?? 'another value'}, got ${got}.`;
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of the type ${typeof value}`;
}
