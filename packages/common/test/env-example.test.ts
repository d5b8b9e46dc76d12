import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { observabilityVariables } from '../../telemetry/src/settings/config.ts';

const root = join(import.meta.dirname, '../../..');

function documented(): string[] {
  const text = readFileSync(join(root, '.env.example'), 'utf8');
  return [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => (name ? [name] : []));
}

/** The variables that a service's own schema names. */
function declaredBy(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^\s+([A-Z][A-Z0-9_]{3,}):/gm)].flatMap(([, name]) => (name ? [name] : []));
}

it('.env.example explains every variable of the library and of each service', () => {
  const services = readdirSync(join(root, 'services')).map((name) => join(root, 'services', name, 'src/config.ts'));
  const declared = [...services, join(root, 'apps/web/server/config.ts')].flatMap(declaredBy);
  expect(declared.length).toBeGreaterThan(5);
  expect(documented()).toEqual(
    expect.arrayContaining([...new Set([...Object.keys(observabilityVariables), ...declared])]),
  );
});
