import { describe, expect, it } from 'vitest';
import { createScrubber, REDACTED } from '../../../telemetry/src/privacy/index.ts';

describe('createScrubber', () => {
  it('removes the values of further keys, as whole words in any spelling', () => {
    const { redact, scrubText, problems } = createScrubber({ keys: ['nickname', 'birthDate'] });
    expect(
      redact({ nickname: 'x', user_nickname: 'x', birth_date: 'x', BIRTHDATE: 'x', nicknames_count: 3, note: 'x' }),
    ).toEqual({
      nickname: REDACTED,
      user_nickname: REDACTED,
      birth_date: REDACTED,
      BIRTHDATE: REDACTED,
      nicknames_count: 3,
      note: 'x',
    });
    expect(scrubText('nickname: Joey, birth-date=1970')).toBe(`nickname: ${REDACTED}, birth-date=${REDACTED}`);
    expect(problems).toEqual([]);
  });

  it('removes further shapes from every text', () => {
    const { redact } = createScrubber({ patterns: [/cust-\d+/g, /\bsk_live_\w+/gi] });
    expect(redact({ a: ['for cust-12 and cust-13', 'SK_LIVE_abc'] })).toEqual({
      a: [`for ${REDACTED} and ${REDACTED}`, REDACTED],
    });
  });

  it('lets allowed keys pass, whose texts are still searched', () => {
    const { redact, scrubText } = createScrubber({ allow: ['token_count'] });
    expect(redact({ tokenCount: 5, token: 'x', TOKEN_COUNT: 'joe@example.com' })).toEqual({
      tokenCount: 5,
      token: REDACTED,
      TOKEN_COUNT: REDACTED,
    });
    expect(scrubText('token_count=5 token=abc')).toBe(`token_count=5 token=${REDACTED}`);
  });

  it('still does all that the default one does', () => {
    expect(createScrubber({ keys: ['x'] }).scrubText('joe@example.com password=y')).toBe(
      `${REDACTED} password=${REDACTED}`,
    );
  });

  it('repairs or leaves out what it cannot use, says so, and uses the rest', () => {
    const options = {
      keys: ['nickname', '', 7, '---'],
      patterns: ['abc', /once/, /stuck/gy, null, /fine/g, /x*/g],
      allow: 'token',
    };
    const { scrubText, problems } = createScrubber(options as never);
    expect(scrubText('abc once once stuck stuck fine nickname=x')).toBe(
      `abc ${REDACTED} ${REDACTED} ${REDACTED} ${REDACTED} ${REDACTED} nickname=${REDACTED}`,
    );
    expect(problems).toEqual([
      'scrub.keys[1]: expected a key name with letters or digits, got an empty text; it is ignored.',
      'scrub.keys[2]: expected a key name with letters or digits, got number; it is ignored.',
      'scrub.keys[3]: expected a key name with letters or digits, got the text "---"; it is ignored.',
      'scrub.allow: expected a list, got the text "token"; it is ignored.',
      'scrub.patterns[0]: expected a RegExp, got the text "abc"; it is ignored.',
      'scrub.patterns[1]: expected the flag g and not y, got /once/; it is used with g and without y, write it so.',
      'scrub.patterns[2]: expected the flag g and not y, got /stuck/gy; it is used with g and without y, write it so.',
      'scrub.patterns[3]: expected a RegExp, got null; it is ignored.',
    ]);
  });

  it('does not keep a place in a pattern between texts', () => {
    const { scrubText } = createScrubber({ patterns: [/cust-\d+/g] });
    for (let call = 0; call < 3; call++) expect(scrubText('cust-1')).toBe(REDACTED);
  });
});
