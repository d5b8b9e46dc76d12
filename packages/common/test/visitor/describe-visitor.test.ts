import { describe, expect, it } from 'vitest';
import { createDescribeVisitor } from '../../src/visitor.ts';

const describeVisitor = createDescribeVisitor();
const of = (userAgent: string | undefined, country?: string, ip = '127.0.0.1') =>
  describeVisitor({ ip, headers: { 'user-agent': userAgent, 'cf-ipcountry': country } });

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
    ['Mozilla/5.0 (something nobody has heard of) Gecko/20100101', 'unknown', 'other'],
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
    'something nobody has heard of',
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

  it.each([
    // Google's resolver, and Deutsche Telekom's network.
    ['8.8.8.8', undefined, 'US'],
    ['::ffff:8.8.8.8', undefined, 'US'],
    ['2001:4860:4860::8888', undefined, 'US'],
    ['91.0.0.1', undefined, 'DE'],
    ['91.0.0.1', 'XX', 'DE'],
    ['91.0.0.1', 'FR', 'FR'],
    ['91.0.0.1', 'T1', 'unknown'],
    ['127.0.0.1', undefined, 'unknown'],
    ['10.1.2.3', undefined, 'unknown'],
    ['192.168.1.1', undefined, 'unknown'],
    ['172.16.0.1', undefined, 'unknown'],
    ['172.31.255.254', undefined, 'unknown'],
    ['100.64.0.1', undefined, 'unknown'],
    ['198.51.100.1', undefined, 'unknown'],
    ['203.0.113.9', undefined, 'unknown'],
    ['169.254.1.1', undefined, 'unknown'],
    ['fc00::1', undefined, 'unknown'],
    ['fe80::1', undefined, 'unknown'],
    ['2001:db8::1', undefined, 'unknown'],
    ['::ffff:192.168.1.1', undefined, 'unknown'],
    ['::FFFF:8.8.8.8', undefined, 'US'],
    ['::1', undefined, 'unknown'],
    ['not an address', undefined, 'unknown'],
    ['', undefined, 'unknown'],
  ])('at %j, of which the CDN says %j, is from %s', (ip, header, country) => {
    expect(of('', header, ip).country).toBe(country);
  });

  it('is looked up where the caller says', () => {
    const elsewhere = createDescribeVisitor({ countryOf: (ip) => (ip === '192.0.2.1' ? 'NZ' : 'unknown') });
    expect(elsewhere({ ip: '192.0.2.1', headers: {} }).country).toBe('NZ');
  });

  it('is described the same the second time, when it is remembered', () => {
    const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile/15E148 Safari/604.1';
    expect(of(iPhone)).toEqual(of(iPhone));
    expect(of(`${iPhone} Googlebot/2.1`)).toMatchObject({ is_bot: true });
  });

  it('costs little, whatever the user agent', () => {
    const start = performance.now();
    for (const part of ['(', 'Mozilla ', 'a-', ' ']) of(part.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(500);
  });
});
