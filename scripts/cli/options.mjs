import { parseArgs } from 'node:util';
import { nearest } from './spelling.mjs';

/**
 * An option: with `value` it takes one, without it is a switch.
 * @typedef {object} Option
 * @property {string} about one line for the help
 * @property {string} [value] how the help names the value, such as `N`
 * @property {readonly [least: number, most: number]} [range] of a whole number
 * @property {readonly string[]} [choices]
 * @property {(value: string) => string | undefined} [problem] what is wrong with a value, as a sentence
 */

/**
 * @typedef {object} Command
 * @property {string} name as it is typed: `npm start`, `npm run demo`
 * @property {string} about what it does; whole sentences
 * @property {Readonly<Record<string, Option>>} [options]
 * @property {{ readonly name: string, readonly about: string, readonly choices?: readonly string[], readonly pattern?: RegExp }} [words] arguments that are no options
 * @property {readonly string[]} [examples] whole command lines
 */

/**
 * @typedef {object} Given
 * @property {(name: string) => string | undefined} value of an option
 * @property {(name: string) => boolean} has whether a switch is on
 * @property {readonly string[]} words
 */

/** What is wrong with a command line. */
class UsageError extends Error {}

/**
 * Reads the command line. `--help` and `-h` print the help and end the process with 0; a mistake is explained, and ends it with 2.
 * @param {Command} command
 * @returns {Given}
 */
export function readOptions(command, args = process.argv.slice(2), env = process.env) {
  try {
    const given = parse(command, args, env);
    if (!given.has('help')) return given;
    process.stdout.write(helpOf(command));
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n${withDashes(command)} --help lists the options.\n`);
    process.exit(2);
  }
}

/** @param {Command} command @param {readonly string[]} args @param {NodeJS.ProcessEnv} env @returns {Given} */
function parse(command, args, env) {
  /** @type {Readonly<Record<string, Option>>} */
  const options = { ...command.options, help: { about: 'show this' } };
  const names = Object.keys(options);
  /** @type {Map<string, string>} */
  const values = new Map();
  /** @type {string[]} */
  const words = [];
  const { tokens } = parseArgs({
    args: args.map((arg) => (arg === '-h' ? '--help' : arg)),
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [name, { type: 'value' in option ? 'string' : 'boolean' }]),
    ),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    // Node reads `-port-base` as nine switches of one letter each.
    const rawName = token.rawName.startsWith('--') ? token.rawName : (args[token.index]?.split('=')[0] ?? '');
    const option = names.includes(token.name) ? options[token.name] : undefined;
    if (!option) throw new UsageError(unknownOption(rawName, names));
    values.set(token.name, readValue(token.name, option, token.value, token.inlineValue));
  }
  takeFromNpm(command, { values, words, env });
  checkWords(command, words);
  return { value: (name) => values.get(name), has: (name) => values.has(name), words };
}

/** @param {string} rawName @param {readonly string[]} names */
function unknownOption(rawName, names) {
  const meant = nearest(rawName.replace(/^-+/, ''), names);
  const hint = meant ? `Did you mean --${meant}?` : `There are ${names.map((name) => `--${name}`).join(', ')}.`;
  return `Unknown option ${rawName}. ${hint}`;
}

/** @param {string} name @param {Option} option @param {string | undefined} value @param {boolean | undefined} isInline */
function readValue(name, option, value, isInline) {
  if (option.value === undefined) {
    if (isInline) throw new UsageError(`--${name} takes no value, got "${value}".`);
    return '';
  }
  // What begins with a dash is the next option.
  if (value === undefined || value === '' || (!isInline && value.startsWith('-')))
    throw new UsageError(`--${name} needs a value: --${name} ${option.value}.`);
  const { range, choices, problem } = option;
  if (range && !(/^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1]))
    throw new UsageError(`--${name} must be a whole number from ${range[0]} to ${range[1]}, got "${value}".`);
  if (choices && !choices.includes(value))
    throw new UsageError(`--${name} must be ${choices.join(' or ')}, got "${value}".`);
  const complaint = problem?.(value);
  if (complaint) throw new UsageError(complaint);
  return value;
}

/**
 * Options that stand before `--` are taken by npm, which hands them on as `npm_config_<name>` and their values as words. One of them can be
 * understood all the same; with more it is not known which value is whose.
 * @param {Command} command
 * @param {{ values: Map<string, string>, words: string[], env: NodeJS.ProcessEnv }} given
 */
function takeFromNpm(command, { values, words, env }) {
  // The variables reach everything below npm; another script's are none of ours.
  if (!env['npm_lifecycle_event'] || env['npm_lifecycle_event'] !== scriptOf(command)) return;
  const taken = Object.entries(command.options ?? {}).flatMap(([name, option]) => {
    const text = env[`npm_config_${name.replaceAll('-', '_')}`];
    return values.has(name) || !text || text === 'false' ? [] : [{ name, option, text }];
  });
  const isLoose = (/** @type {typeof taken[number]} */ { option, text }) =>
    option.value !== undefined && text === 'true';
  const loose = taken.filter(isLoose);
  if (loose.length > 1 || (loose.length === 1 && words.length !== 1))
    throw new UsageError(
      `npm took ${loose.map(({ name }) => `--${name}`).join(' and ')} for itself. Put -- before the options: ${withDashes(command)} --${loose[0]?.name} ${loose[0]?.option.value}.`,
    );
  for (const entry of taken) {
    const text = isLoose(entry) ? words.shift() : entry.text;
    values.set(entry.name, entry.option.value === undefined ? '' : readValue(entry.name, entry.option, text, true));
  }
}

/** @param {Command} command @param {readonly string[]} words */
function checkWords(command, words) {
  const [first] = words;
  if (first === undefined) return;
  const { words: expected } = command;
  if (!expected)
    throw new UsageError(
      `Unexpected argument "${first}". Options stand behind --, as in ${withDashes(command)} --${Object.keys(command.options ?? {})[0] ?? 'help'}.`,
    );
  const { choices, pattern } = expected;
  const wrong = words.find((word) => !(choices?.includes(word) ?? pattern?.test(word) ?? true));
  if (wrong === undefined) return;
  if (!choices) throw new UsageError(`Expected ${expected.about}, got "${wrong}".`);
  const meant = nearest(wrong, choices);
  throw new UsageError(
    `Unknown ${expected.name} "${wrong}". ${meant ? `Did you mean ${meant}?` : `There are ${choices.join(', ')}.`}`,
  );
}

/** @param {Command} command */
function helpOf(command) {
  const { about, options = {}, words, examples = [] } = command;
  const all = { ...options, help: { about: 'show this' } };
  const rows = Object.entries(all).map(([name, option]) => [
    `${name === 'help' ? '-h, ' : ''}--${name}${'value' in option ? ` ${option.value}` : ''}`,
    option.about,
  ]);
  if (words) rows.unshift([words.name.toUpperCase(), words.about]);
  const width = Math.max(...rows.map(([left = '']) => left.length));
  const usage = `Usage: ${withDashes(command)} [options]${words ? ` [${words.name.toUpperCase()} ...]` : ''}`;
  const lines = [usage, '', about, '', ...rows.map(([left = '', right]) => `  ${left.padEnd(width)}  ${right}`)];
  if (examples.length > 0) lines.push('', ...examples.map((example) => `  ${example}`));
  return `${lines.join('\n')}\n`;
}

/** What is typed before the options. @param {Command} command */
function withDashes({ name }) {
  return name.startsWith('npm') ? `${name} --` : name;
}

/** The script of package.json behind `npm start` and `npm run demo`. @param {Command} command */
function scriptOf({ name }) {
  return name.split(' ').at(-1);
}
