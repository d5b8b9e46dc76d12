type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_NAME = /(TOKEN|SECRET|_KEY|_DSN|SERVICE_ACCOUNT|WEBHOOK_URL)$/;
/** Secret only where they carry a user or a password. */
const ADDRESS_NAME = /(DATABASE_URL|REDIS_URL|_PROXY)$/i;
/** A shorter part of a value, such as the user `server` of the local DSN, is a word that sentences have. */
const LEAST_LENGTH = 8;

/**
 * Makes the last gate of all that is printed: a vendor's answer may quote what it was sent.
 *
 * @returns a function that replaces the secrets of the environment in a text.
 */
export function createSecretFilter(env: Environment): (text: string) => string {
  const secrets = Object.entries(env).flatMap(([name, value]) => {
    if (!value) return [];
    if (SECRET_NAME.test(name)) return [value, ...partsOf(value)].flatMap(formsOf);
    return ADDRESS_NAME.test(name) ? partsOf(value).flatMap(formsOf) : [];
  });
  // Longer ones first: one may be a part of another.
  const ordered = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

/** What is secret by itself in `protocol://user:password@host` and in `user:secret`. */
function partsOf(value: string): readonly string[] {
  if (!value.includes('://')) return value.includes(':') ? [value.slice(value.indexOf(':') + 1)] : [];
  const { username, password } = URL.canParse(value) ? new URL(value) : { username: '', password: '' };
  return [username, password, decode(password)];
}

/** As it is, and as Basic authorization carries it. */
function formsOf(secret: string): readonly string[] {
  return secret.length < LEAST_LENGTH ? [] : [secret, base64(secret), base64(`${secret}:`)];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
