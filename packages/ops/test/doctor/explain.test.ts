import { describe, expect, it } from 'vitest';
import { explainDiskError } from '../../src/doctor/checks/spool.ts';
import { explainFailure } from '../../src/doctor/hosts.ts';

const ORIGIN = 'https://api.mixpanel.com';

describe('a request that failed is put into words', () => {
  it.each([
    ['ECONNREFUSED', /refuses the connection/],
    ['ENOTFOUND', /cannot be resolved/],
    ['EAI_AGAIN', /cannot be resolved/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate that is for other names/],
    ['CERT_HAS_EXPIRED', /certificate .* is not valid at the time/],
    ['CERT_NOT_YET_VALID', /certificate .* is not valid at the time/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /signed by somebody whom this machine does not know/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /signed by somebody whom this machine does not know/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /signed by somebody whom this machine does not know/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /signed by somebody whom this machine does not know/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
    ['ECONNRESET', /ended the connection/],
    ['UND_ERR_SOCKET', /ended the connection/],
    ['ETIMEDOUT', /does not answer in time/],
    ['UND_ERR_CONNECT_TIMEOUT', /does not answer in time/],
    ['ENETUNREACH', /no way from this machine/],
    ['ESOMETHING', /cannot be reached: .*ESOMETHING/],
  ])('%s', (code, words) => {
    const cause = Object.assign(new Error(''), { code });
    expect(explainFailure(new TypeError('fetch failed', { cause }), ORIGIN).says).toMatch(words);
  });

  it('a host of which each address refuses', () => {
    const each = ['::1', '127.0.0.1'].map((address) => new Error(`connect ECONNREFUSED ${address}:443`));
    const failure = new TypeError('fetch failed', { cause: new AggregateError(each, '') });
    expect(explainFailure(failure, ORIGIN).says).toMatch(/refuses the connection/);
  });

  it('the message of a delivery', () => {
    expect(explainFailure('getaddrinfo ENOTFOUND api.mixpanl.com', 'https://api.mixpanl.com').says).toMatch(
      /cannot be resolved/,
    );
    expect(explainFailure('no whole answer within 30000 ms', ORIGIN).says).toMatch(/does not answer in time/);
  });
});

describe('a disk that refuses is put into words', () => {
  it.each([
    ['ENOSPC', /is full/],
    ['EDQUOT', /is full/],
    ['EACCES', /may not be written by this user/],
    ['EROFS', /is read-only/],
    ['ENOENT', /cannot be made/],
    ['ENOTDIR', /is a file, not a folder/],
    ['EIO', /cannot be used: broken/],
  ])('%s', (code, words) => {
    const finding = explainDiskError(Object.assign(new Error('broken'), { code }), '/data/spool');
    expect(finding).toMatchObject({ status: 'failed', says: expect.stringMatching(words) });
    expect(finding.do).toMatch(/OBSERVABILITY_SPOOL_DIR/);
  });
});
