import type { SchemaMigrations } from '../migrations.ts';
import { type EmbeddedDatabaseOptions, isPassword } from './embedded-database.ts';

/**
 * Reads the variables of the embedded database's process.
 *
 * @throws one sentence that names every bad variable.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): EmbeddedDatabaseOptions {
  const problems: string[] = [];
  const options = {
    port: readPort(environment['EMBEDDED_DATABASE_PORT'], problems),
    password: readPassword(environment['EMBEDDED_DATABASE_PASSWORD'], problems),
    migrations: readMigrationsList(environment['EMBEDDED_DATABASE_MIGRATIONS'], problems),
  };
  if (problems.length > 0) throw new Error(problems.join('; '));
  const dataDir = environment['EMBEDDED_DATABASE_DIR'];
  return dataDir ? { ...options, dataDir } : options;
}

function readPort(value: string | undefined, problems: string[]): number {
  const port = Number(value);
  if (value === undefined || !/^\d+$/.test(value) || port > 65_535) {
    problems.push(`EMBEDDED_DATABASE_PORT must be a port from 0 (any) to 65535, not ${show(value)}`);
  }
  return port;
}

/** Required, as clients of other processes must know it; never shown. */
function readPassword(value: string | undefined, problems: string[]): string {
  if (!isPassword(value)) {
    problems.push('EMBEDDED_DATABASE_PASSWORD must be 16 or more letters, digits, - or _');
    return '';
  }
  return value;
}

function readMigrationsList(value: string | undefined, problems: string[]): readonly SchemaMigrations[] {
  if (!value) return [];
  return value.split(',').map((entry) => {
    const [schema, folder, ...rest] = entry.trim().split('=');
    if (!schema || !folder || rest.length > 0) {
      problems.push(`EMBEDDED_DATABASE_MIGRATIONS must be a list like auth=path/a,qr=path/b, not ${show(entry)}`);
    }
    return { schema: schema ?? '', folder: folder ?? '' };
  });
}

function show(value: string | undefined): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
