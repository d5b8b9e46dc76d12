import util from 'node:util';

/** @typedef {Parameters<typeof util.styleText>[0]} Format */

/** Whether a stream is a terminal on which lines can be written over. @param {NodeJS.WriteStream} stream */
export function isInteractive(stream) {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/**
 * Returns a function that colours a text; where the stream is no terminal, or `NO_COLOR` is set, the text stays as it is.
 * @param {NodeJS.WriteStream} stream
 * @returns {(format: Format, text: string) => string}
 */
export function painter(stream) {
  const hasColors = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return (format, text) => (hasColors && text ? util.styleText(format, text, { validateStream: false }) : text);
}

/** Text of others on one line: a control character could move the cursor, rename the window, or hide a line. @param {string} text */
export function printable(text) {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
