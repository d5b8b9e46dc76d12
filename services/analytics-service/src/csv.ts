/**
 * What a spreadsheet takes for the beginning of a formula, wherever it may begin a cell: at the start, and behind a separator or a quote. At what a
 * spreadsheet splits depends on the country, and quotes within a cell mean nothing then. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /(^|[;,|"\t\r\n])([^\S\t\r\n]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const STARTS_WITH_BREAK = /^[\t\r\n]/;
const NEEDS_QUOTES = /[",;|\t\r\n]/;

/** Rows as CSV, RFC 4180; the browser names in them come from strangers, so no cell can be a formula. */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: string | number): string {
  const text = typeof value === 'string' ? asText(value) : String(value);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An apostrophe makes a cell text. */
function asText(value: string): string {
  const text = value.replace(FORMULA, "$1'$2");
  return STARTS_WITH_BREAK.test(text) ? `'${text}` : text;
}
