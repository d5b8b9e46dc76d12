import { describe, expect, it } from 'vitest';
import { isAuthorized } from '../../src/mixpanel/routes.ts';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('/import lets in', () => {
  it.each<[string, string | undefined, Record<string, unknown>]>([
    ['a project token as the user name', basic('token:'), {}],
    ['the same with a project', basic('token:'), { project_id: '7' }],
    ['a service account with its project', basic('account.1:secret'), { project_id: '7' }],
    ['a service account in plain text', 'Basic account:secret', { project_id: '7' }],
    ['a password with a colon in it', basic('account:se:cret'), { project_id: '7' }],
    ['a bearer token', 'Bearer abc', {}],
    ['a scheme in small letters', `basic ${Buffer.from('token:').toString('base64')}`, {}],
    ['the API key of an old client', undefined, { api_key: 'key' }],
  ])('%s', (_who, authorization, query) => {
    expect(isAuthorized(authorization, query)).toBe(true);
  });
});

describe('/import does not let in', () => {
  it.each<[string, string | undefined, Record<string, unknown>]>([
    ['nobody', undefined, {}],
    ['an empty header', '', {}],
    ['an empty user name', basic(':'), {}],
    ['a secret without a name', basic(':secret'), { project_id: '7' }],
    ['a service account without its project', basic('account:secret'), {}],
    ['a service account with two projects', basic('account:secret'), { project_id: ['7', '8'] }],
    ['a Basic header without a colon', basic('token'), {}],
    ['a Basic header without a value', 'Basic', {}],
    ['a bearer without a token', 'Bearer ', {}],
    ['another scheme', 'Digest abc', {}],
    ['an empty API key', undefined, { api_key: '' }],
    ['an API key that a wrong header overrules', 'Digest abc', { api_key: 'key' }],
  ])('%s', (_who, authorization, query) => {
    expect(isAuthorized(authorization, query)).toBe(false);
  });
});
