import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['JWT_SECRET', 'PII_HASH_KEY', 'SERVICE_TOKEN', 'EMBEDDED_DATABASE_PASSWORD'];

/**
 * The development secrets of this checkout, made at the first start: code has no default for a secret.
 * @param {string} dataDir
 * @returns {Record<string, string>}
 */
export function developmentSecrets(dataDir) {
  const file = join(dataDir, 'secrets.json');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const known = read(file);
  const secrets = Object.fromEntries(NAMES.map((name) => [name, known[name] ?? randomBytes(32).toString('hex')]));
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

/** @param {string} file @returns {Record<string, string | undefined>} */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
