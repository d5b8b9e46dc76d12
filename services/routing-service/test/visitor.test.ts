import { describe, expect, it } from 'vitest';
import { describeVisitor } from '../src/visitor.ts';

const of = (userAgent: string | undefined, country?: string) =>
  describeVisitor({ headers: { 'user-agent': userAgent, 'cf-ipcountry': country } });

describe('a visitor', () => {
  it.each([
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1',
      'mobile',
      'Safari',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
      'mobile',
      'Chrome',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
      'tablet',
      'Safari',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0', 'desktop', 'Firefox'],
    ['something nobody has heard of', 'unknown', undefined],
    ['', 'unknown', 'unknown'],
    ['   ', 'unknown', 'unknown'],
    [undefined, 'unknown', 'unknown'],
  ])('with "%s" is %s', (userAgent, device, browser) => {
    const described = of(userAgent);
    expect(described).toMatchObject({ device_type: device, is_bot: false });
    if (browser !== undefined) expect(described.browser).toBe(browser);
  });

  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'WhatsApp/2.23.20.0 (link preview)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36',
    'curl/8.5.0',
    'python-requests/2.31.0',
  ])('with "%s" is a bot', (userAgent) => {
    expect(of(userAgent)).toMatchObject({ device_type: 'bot', is_bot: true });
  });

  it.each([
    ['DE', 'DE'],
    [undefined, 'unknown'],
    ['', 'unknown'],
    ['XX', 'unknown'],
    ['T1', 'unknown'],
    ['Germany', 'unknown'],
    ['de', 'unknown'],
  ])('from "%s" is from %s', (header, country) => {
    expect(of('', header).country).toBe(country);
  });

  it('costs little, whatever the user agent', () => {
    const start = performance.now();
    for (const part of ['(', 'Mozilla ', 'a-', ' ']) of(part.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(500);
  });
});
