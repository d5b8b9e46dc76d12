import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from './cli/options.mjs';
import { productionDependencies } from './licences/dependencies.mjs';
import { licencesDocument } from './licences/document.mjs';
import { problemsOf } from './licences/rules.mjs';

const { has } = readOptions({
  name: 'npm run check:licences',
  about: 'Checks the licence of every production dependency, and that docs/licences.md lists them.',
  options: { write: { about: 'write docs/licences.md' } },
});
const root = join(import.meta.dirname, '..');
const file = join(root, 'docs/licences.md');

const dependencies = productionDependencies(root);
const problems = problemsOf(dependencies);
const text = licencesDocument(dependencies);
if (has('write')) writeFileSync(file, text);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
  problems.push('docs/licences.md is out of date: run npm run check:licences -- --write.');

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${dependencies.length} production dependencies, all under known licences`);
