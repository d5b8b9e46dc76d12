const MAX_LENGTH = 160;

/**
 * What an answer says, in a line: of `{"error":"Invalid credentials",...}` and `{"detail":"..."}` the sentence, of anything else its beginning.
 * Without control characters: whoever answers must not move the cursor of a terminal.
 */
export function wordsOf(answer: string): string {
  const [, sentence] = /"(?:error|detail)"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(answer) ?? [];
  return (sentence ?? answer)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
}
