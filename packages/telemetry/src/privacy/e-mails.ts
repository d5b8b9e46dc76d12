const AT_SIGN = /@|%40/g;
const LOCAL_CHARACTER = /[\p{L}\p{N}\p{M}._%+'~!$*^-]/u;
const DOMAIN = /(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}/uy;
/** RFC 5321, 4.5.3.1.1 */
const LONGEST_LOCAL_PART = 64;

/** Endings of files, none of which is a top-level domain: `icon@3x.png`. */
const FILE =
  /\.(?:png|jpe?g|gif|webp|avif|svg|ico|[mc]?[jt]sx?|css|scss|less|map|json|html?|ya?ml|xml|wasm|woff2?|ttf|pdf|csv|txt|log|vue|svelte)$/i;
/** Accounts of machines: `git@github.com`. */
const MACHINE = /^(?:git|svn|hg)$/i;

/** Replaces e-mail addresses. Found from the at sign outwards: a pattern that begins at every letter costs 64 times as much. */
export function scrubEmails(text: string, replacement: string): string {
  let result = '';
  let copied = 0;
  for (const { 0: sign, index } of text.matchAll(AT_SIGN)) {
    DOMAIN.lastIndex = index + sign.length;
    if (index < copied || !DOMAIN.test(text)) continue;
    const start = localPartStart(text, index, copied);
    if (start === index) continue;
    if (MACHINE.test(text.slice(start, index)) || FILE.test(text.slice(index, DOMAIN.lastIndex))) continue;
    result += text.slice(copied, start) + replacement;
    copied = DOMAIN.lastIndex;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

function localPartStart(text: string, end: number, floor: number): number {
  let start = end;
  const lowest = Math.max(floor, end - LONGEST_LOCAL_PART);
  while (start > lowest && LOCAL_CHARACTER.test(text[start - 1] ?? '')) start--;
  return start;
}
