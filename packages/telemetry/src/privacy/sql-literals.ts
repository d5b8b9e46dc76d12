/** Where PostgreSQL, the query builder and `JSON.parse` quote values in their messages: a word that is always there, and what to find. */
const QUOTED_VALUES: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['\nparams:', /(\nparams:)[\s\S]+/],
  ['"', /((?:syntax for type|value for enum|literal|out of range|invalid value)[^"\n]{0,80})"(?:[\s\S]*"|[\s\S]*)/i],
  [' is out of range', /(value )"[^\n]{0,200}?"(?= is out of range)/g],
  [' near "', /( near )"'(?!\?')[\s\S]*/],
  ['Failing row contains', /(Failing row contains )\([\s\S]*/],
  ['Key (', /(Key \([^()\n]{1,200}\)=)\([^\n]*/g],
  [' is not valid JSON', /()"[\s\S]{0,200}?"(?:\.{3})?(?= is not valid JSON)/g],
];

/**
 * A text, after a backslash where the prefix E asks for it, or between dollars; one that is never closed takes all that follows. The apostrophe of
 * a word ("isn't") begins none.
 */
const STRING =
  /\bE'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*(?:'|$)|(?:(?<![\p{L}\d])|(?<=\b(?:[NBX]|select|values|and|or|in|like|then|else)))'[^']*(?:''[^']*)*(?:'|$)|\$([a-z_]\w{0,62})?\$[\s\S]*?(?:\$\1\$|$)/giu;
/** Comments are written by people and by query builders. */
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|--[^\n]*/g;
const NUMBER = /(?<![\w$.])\d+(?:\.\d+)?(?![\w.])/g;

/** Removes the values from a text that holds a statement, or a database's complaint about one. */
export function scrubSql(text: string, replacement: string): string {
  let clean = text;
  for (const [hint, pattern] of QUOTED_VALUES) {
    if (clean.includes(hint)) clean = clean.replace(pattern, (_, lead: string) => `${lead}${replacement}`);
  }
  return isStatement(clean) ? withoutStrings(clean) : clean;
}

/** A statement without comments, and with `?` in the place of its texts and numbers. */
export function withoutLiterals(statement: string): string {
  return withoutStrings(statement).replace(COMMENT, '').replace(NUMBER, '?');
}

function withoutStrings(text: string): string {
  return text.replace(STRING, "'?'");
}

function isStatement(text: string): boolean {
  if (!text.includes("'") && !text.includes('$')) return false;
  return (
    /\b(?:failed query:|select\s{1,9}'|insert\s{1,9}into|delete\s{1,9}from|values\s{0,9}\()/i.test(text) ||
    (/\bselect\b/i.test(text) && /\bfrom\b/i.test(text)) ||
    /\bupdate\s{1,9}(?:only\s{1,9})?["\w.]{1,130}\s{1,9}(?:(?:as\s{1,9})?["\w]{1,64}\s{1,9})?set\s/i.test(text) ||
    /\b(?:identified\s{1,9}by|(?:alter|create)\s{1,9}(?:user|role))\s/i.test(text)
  );
}
