import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError, request, whenSessionEnds } from '../src/api/request.ts';

const answer = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status });
const refusal = () => answer(401, { error: 'Unauthorized', message: 'Log in first.' });

const fetchMock = vi.fn<(url: string, init?: RequestInit) => Promise<Response>>();
const sessionEnded = vi.fn();
beforeEach(() => {
  vi.stubGlobal('fetch', fetchMock);
  whenSessionEnds(sessionEnded);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

const calledPaths = () => fetchMock.mock.calls.map(([url]) => url);

describe('a session that has run out', () => {
  it('is renewed once, and the call is repeated', async () => {
    fetchMock
      .mockResolvedValueOnce(refusal())
      .mockResolvedValueOnce(answer(200))
      .mockResolvedValueOnce(answer(200, { items: [] }));
    expect(await request('/qr')).toEqual({ items: [] });
    expect(calledPaths()).toEqual(['/api/qr', '/api/auth/refresh', '/api/qr']);
    expect(sessionEnded).not.toHaveBeenCalled();
  });

  it('ends when it cannot be renewed', async () => {
    fetchMock.mockImplementation(async () => refusal());
    await expect(request('/qr')).rejects.toMatchObject({ status: 401, message: 'Log in first.' });
    expect(calledPaths()).toEqual(['/api/qr', '/api/auth/refresh']);
    expect(sessionEnded).toHaveBeenCalledOnce();
  });

  it('is renewed once for calls that find it over at the same time: a refresh token works once', async () => {
    let isRenewed = false;
    fetchMock.mockImplementation(async (url) => {
      if (url.endsWith('/refresh')) isRenewed = true;
      return isRenewed ? answer(200, url) : refusal();
    });
    expect(await Promise.all([request('/qr'), request('/auth/me')])).toEqual(['/api/qr', '/api/auth/me']);
    expect(calledPaths().filter((path) => path.endsWith('/refresh'))).toHaveLength(1);
  });

  it('is not what a wrong password means', async () => {
    fetchMock.mockResolvedValueOnce(refusal());
    await expect(request('/auth/login', { method: 'POST', renewsSession: false })).rejects.toBeInstanceOf(ApiError);
    expect(calledPaths()).toEqual(['/api/auth/login']);
    expect(sessionEnded).not.toHaveBeenCalled();
  });
});

describe('a failure', () => {
  it('says what the API says, and names the field', async () => {
    fetchMock.mockResolvedValueOnce(answer(400, { error: 'Bad Request', message: 'Too short.', field: 'password' }));
    await expect(request('/auth/signup')).rejects.toMatchObject({ message: 'Too short.', body: { field: 'password' } });
  });

  it('of a server that answers with something else is a plain sentence', async () => {
    fetchMock.mockResolvedValueOnce(new Response('<html>', { status: 502 }));
    await expect(request('/qr')).rejects.toMatchObject({ status: 502, message: expect.stringContaining('try again') });
  });

  it('without an answer is a network error', async () => {
    fetchMock.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    await expect(request('/qr')).rejects.toBeInstanceOf(NetworkError);
  });

  it('of a call that was given up is passed on as it is', async () => {
    const controller = new AbortController();
    controller.abort();
    fetchMock.mockRejectedValueOnce(controller.signal.reason);
    await expect(request('/qr', { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('an empty answer, as to a log-out, is no failure', async () => {
  fetchMock.mockResolvedValueOnce(new Response(null, { status: 204 }));
  expect(await request('/auth/logout', { method: 'POST' })).toBeUndefined();
});
