type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_NAME = /(TOKEN|SECRET|_KEY|_DSN|SERVICE_ACCOUNT|WEBHOOK_URL|DATABASE_URL|REDIS_URL)$/;
/** A shorter part of a value, such as the user `server` of the local DSN, is a word that sentences have. */
const LEAST_LENGTH = 8;

/**
 * Makes the last gate of all that is printed: a vendor's answer may quote what it was sent.
 *
 * @returns a function that replaces the secrets of the environment in a text.
 */
export function createSecretFilter(env: Environment): (text: string) => string {
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    value && SECRET_NAME.test(name) ? formsOf(value) : [],
  );
  // Longer ones first: one may be a part of another.
  const ordered = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

/** A secret as it is, the parts of it that are secret by themselves, and each as Basic authorization carries it. */
function formsOf(value: string): readonly string[] {
  const { username = '', password = '' } = /^\w+:\/\//.test(value) && URL.canParse(value) ? new URL(value) : {};
  const afterColon = value.includes('://') ? '' : value.slice(value.indexOf(':') + 1);
  const parts = [value, username, password, decode(password), afterColon];
  return parts
    .filter((part) => part.length >= LEAST_LENGTH)
    .flatMap((part) => [part, base64(part), base64(`${part}:`)]);
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
