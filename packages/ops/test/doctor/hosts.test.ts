import { describe, expect, it } from 'vitest';
import { proxyOf } from '../../src/doctor/hosts.ts';

const MIXPANEL = 'https://api.mixpanel.com';
const INBOX = 'http://127.0.0.1:4600';
const PROXY = 'http://proxy.acme.example:3128';

describe('the proxy of a delivery', () => {
  it.each([
    { origin: MIXPANEL, env: {}, proxy: undefined },
    { origin: MIXPANEL, env: { HTTPS_PROXY: PROXY }, proxy: 'HTTPS_PROXY' },
    { origin: MIXPANEL, env: { HTTP_PROXY: PROXY }, proxy: 'HTTP_PROXY' },
    { origin: MIXPANEL, env: { HTTP_PROXY: PROXY, https_proxy: PROXY, HTTPS_PROXY: PROXY }, proxy: 'https_proxy' },
    { origin: INBOX, env: { HTTPS_PROXY: PROXY }, proxy: undefined },
    { origin: INBOX, env: { http_proxy: PROXY, HTTP_PROXY: PROXY }, proxy: 'http_proxy' },
    { origin: INBOX, env: { HTTP_PROXY: PROXY, NO_PROXY: 'localhost, 127.0.0.1' }, proxy: undefined },
    { origin: INBOX, env: { HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.1:4600' }, proxy: undefined },
    { origin: INBOX, env: { HTTP_PROXY: PROXY, NO_PROXY: '127.0.0.1:80' }, proxy: 'HTTP_PROXY' },
    { origin: MIXPANEL, env: { HTTPS_PROXY: PROXY, NO_PROXY: 'mixpanel.com' }, proxy: undefined },
    { origin: MIXPANEL, env: { HTTPS_PROXY: PROXY, NO_PROXY: '.mixpanel.com' }, proxy: undefined },
    { origin: MIXPANEL, env: { HTTPS_PROXY: PROXY, NO_PROXY: 'panel.com' }, proxy: 'HTTPS_PROXY' },
    { origin: MIXPANEL, env: { HTTPS_PROXY: PROXY, no_proxy: '*' }, proxy: undefined },
    { origin: MIXPANEL, env: { ALL_PROXY: PROXY }, proxy: undefined },
  ])('to $origin with $env is $proxy', ({ origin, env, proxy }) => {
    expect(proxyOf(origin, env)?.variable).toBe(proxy);
  });

  it('is told without its password', () => {
    expect(proxyOf(MIXPANEL, { HTTPS_PROXY: 'http://user:secret@proxy.acme.example:3128' })).toEqual({
      variable: 'HTTPS_PROXY',
      origin: PROXY,
      hostname: 'proxy.acme.example',
      port: 3128,
    });
  });
});
