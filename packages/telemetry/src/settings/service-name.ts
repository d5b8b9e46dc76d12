let current: string | undefined;

/** The service that this process is: named by `initializeSentry` or `buildServer`, whichever comes first. */
export function serviceName(): string | undefined {
  return current;
}

/** Names the service; a later name does not replace an earlier one. */
export function nameService(name: string | undefined): void {
  current ??= name;
}
