import { CommandError } from '../cli/command-error.ts';
import type { Check } from './check.ts';

interface Selection {
  /** By name; all when absent. */
  readonly only?: readonly string[];
  readonly offline?: boolean;
}

/** The checks that are wanted, with those that they need, in their order. @throws CommandError for a name that no check has. */
export function selectChecks(checks: readonly Check[], { only, offline = false }: Selection): readonly Check[] {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const wanted = new Set<Check>();
  const want = (name: string): void => {
    const check = byName.get(name);
    if (check === undefined)
      throw new CommandError(`--only must be one of ${[...byName.keys()].join(', ')}, got "${name}".`);
    wanted.add(check);
    check.needs.forEach(want);
  };
  for (const name of only ?? byName.keys()) want(name);
  const selected = checks.filter((check) => wanted.has(check) && !(offline && !check.isOffline));
  const cut = only?.find((name) => offline && byName.get(name)?.isOffline === false);
  if (cut !== undefined)
    throw new CommandError(`--only ${cut} asks the network, and --offline forbids it: leave one of them out.`);
  return selected;
}
