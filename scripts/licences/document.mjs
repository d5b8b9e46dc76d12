import { EXPLAINED, explanationOf, isPermissive } from './rules.mjs';

/** @typedef {import('./dependencies.mjs').Dependency} Dependency */

/** The text of docs/licences.md. @param {readonly Dependency[]} dependencies @returns {string} */
export function licencesDocument(dependencies) {
  const permissive = dependencies.filter(({ licence }) => isPermissive(licence));
  return `# Licences

Written by \`npm run check:licences -- --write\` from what is installed; \`npm run check:deps\` fails when it is out of date, and on every dependency whose
licence is unknown or not among these. Counted are all packages that something needs in production, of every system.

| licence | packages |
| --- | --- |
${countsOf(permissive).join('\n')}

Others, each with its reason:

| packages | licence | why they may be there |
| --- | --- | --- |
${EXPLAINED.map((entry) => explainedRow(entry, dependencies)).join('\n')}
`;
}

/** @param {readonly Dependency[]} dependencies */
function countsOf(dependencies) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { licence } of dependencies) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name, count]) => `| ${name} | ${count} |`);
}

/** @param {typeof EXPLAINED[number]} entry @param {readonly Dependency[]} dependencies */
function explainedRow(entry, dependencies) {
  const explained = dependencies.filter((dependency) => explanationOf(dependency) === entry);
  const licences = [...new Set(explained.map(({ licence }) => licence))].sort();
  return `| ${entry.packages} (${explained.length}) | ${licences.join('; ')} | ${entry.reason} |`;
}
