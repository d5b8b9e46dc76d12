/** The name under which a hashed property leaves: `$` marks the vendor's own fields, which a hash is not. */
export function hashedName(name: string): string {
  return `${name.replace(/^\$/, '')}_hash`;
}
