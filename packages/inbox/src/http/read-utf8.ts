import { isUtf8 } from 'node:buffer';

/** Returns the text of a body; undefined when its bytes are no UTF-8, where decoding would put U+FFFD without a word. */
export function readUtf8(body: Buffer): string | undefined {
  return isUtf8(body) ? body.toString('utf8') : undefined;
}

/** True when the percent escapes of a form stand for bytes that are UTF-8. */
export function hasUtf8Escapes(form: string): boolean {
  for (const [run] of form.matchAll(/(?:%[\da-f]{2})+/gi)) {
    if (!isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex'))) return false;
  }
  return true;
}
