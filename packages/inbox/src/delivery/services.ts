import type { Config } from '@qr/alerts/config';

/** A process that is asked what it has delivered and lost. */
export interface DeliveringService {
  readonly name: string;
  /** Its origin. */
  readonly url: string;
}

/**
 * Reads a list such as `auth-service=http://127.0.0.1:3001,web=http://127.0.0.1:3000`.
 * @throws when an entry is none; the message quotes it.
 */
export function parseServices(list: string): DeliveringService[] {
  return list
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const [, name, url] = /^\s*([^=\s]+)=(https?:\/\/\S+?)\/?\s*$/.exec(entry) ?? [];
      if (name !== undefined && url !== undefined && URL.canParse(url)) return { name, url };
      throw new Error(`INBOX_SERVICES must be a list of name=http://host:port, got "${entry}".`);
    });
}

/** Returns the services of a config and its web server, at their default ports on this machine. */
export function servicesOf(config: Config | undefined): DeliveringService[] {
  const all = config === undefined ? [] : [...config.services, ...(config.web ? [config.web] : [])];
  return all.map(({ name, port }) => ({ name, url: `http://127.0.0.1:${port}` }));
}
