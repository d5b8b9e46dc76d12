import { type CommandContext, CommandError, requireVariable } from '../cli/command.ts';
import { createSentryApi, type SentryApi, SUGGESTED_SCOPES } from './sentry-api.ts';
import type { SentryProject } from './shapes.ts';

/** Which organization and projects are meant, from the environment. */
export interface SentrySettings {
  readonly url: string;
  readonly org: string;
  readonly token: string;
  /** Slug of the project whose errors and spans the rules watch. */
  readonly backendProject: string;
  /** Slug of the project of the page. */
  readonly frontendProject: string;
  /** `null` for all of them. */
  readonly environment: string | null;
  /** Without its `#`. */
  readonly slackChannel: string | undefined;
  /** Its name at Sentry; needed when there are several. */
  readonly slackWorkspace: string | undefined;
}

/** @throws CommandError that names the variable that is missing or wrong. */
export function readSentrySettings(context: CommandContext): SentrySettings {
  const { env } = context;
  return {
    token: requireVariable(
      context,
      'SENTRY_AUTH_TOKEN',
      `the token of an internal integration of Sentry with the scopes ${SUGGESTED_SCOPES} (--vendor mixpanel needs none)`,
    ),
    org: requireVariable(context, 'SENTRY_ORG', 'the slug of your organization at Sentry'),
    url: readOrigin(env['SENTRY_URL'] ?? 'https://sentry.io'),
    backendProject: env['SENTRY_BACKEND_PROJECT'] ?? 'qr-backend',
    frontendProject: env['SENTRY_PROJECT'] ?? 'qr-frontend',
    environment: env['SENTRY_ENVIRONMENT'] ?? null,
    slackChannel: env['SENTRY_SLACK_CHANNEL']?.replace(/^#/, ''),
    slackWorkspace: env['SENTRY_SLACK_WORKSPACE'],
  };
}

/** As a person reads it. */
export function sayEnvironment({ environment }: SentrySettings): string {
  return environment === null ? 'all environments' : `environment ${environment}`;
}

/** Opens the management API for a command. */
export function openSentryApi(settings: SentrySettings, context: CommandContext): SentryApi {
  const { fetch, now, signal, note } = context;
  return createSentryApi({ ...settings, fetch, now, signal, note });
}

/** @returns the project of a slug. @throws CommandError that names those there are. */
export async function findProject(
  api: SentryApi,
  { org }: SentrySettings,
  variable: string,
  slug: string,
): Promise<SentryProject> {
  const projects = await api.list<SentryProject>('projects/');
  const project = projects.find((candidate) => candidate.slug === slug);
  if (project) return project;
  const known = projects.map((candidate) => candidate.slug).join(', ') || 'none that this token may see';
  throw new CommandError(`${org} has no project ${slug}: ${variable} must be one of its projects (${known}).`);
}

function readOrigin(value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return new URL(value).origin;
  throw new CommandError(`SENTRY_URL must be an address such as https://sentry.io, got "${value}".`);
}
