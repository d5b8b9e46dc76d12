import crawlers from 'crawler-user-agents';
import topUserAgents from 'top-user-agents';
import { describe, expect, it } from 'vitest';
import { createDescribeVisitor } from '../../src/visitor.ts';
import { PEOPLE, PROGRAMS } from './programs.ts';
import { TABLETS } from './tablets.ts';

const describeVisitor = createDescribeVisitor({ countryOf: () => 'unknown' });
const of = (userAgent: string) => describeVisitor({ ip: '127.0.0.1', headers: { 'user-agent': userAgent } });
const share = (userAgents: readonly string[], holds: (userAgent: string) => boolean) =>
  userAgents.filter(holds).length / userAgents.length;

describe('programs', () => {
  it('are recognised in 99 % of the public list of crawlers', () => {
    const instances = crawlers.flatMap((crawler) => crawler.instances ?? []);
    expect(instances.length).toBeGreaterThan(2000);
    expect(share(instances, (each) => of(each).is_bot)).toBeGreaterThan(0.99);
  });

  it('are recognised in 98 % of link previews and programs', () => {
    expect(PROGRAMS.length).toBeGreaterThanOrEqual(80);
    expect(share(PROGRAMS, (each) => of(each).device_type === 'bot')).toBeGreaterThan(0.98);
  });

  it.each(PEOPLE)('do not include %s', (userAgent) => {
    expect(of(userAgent).is_bot).toBe(false);
  });

  it('do not include one of the most common user agents', () => {
    expect(topUserAgents.length).toBeGreaterThanOrEqual(100);
    expect(topUserAgents.filter((each) => of(each).is_bot)).toEqual([]);
  });
});

describe('tablets', () => {
  it('are recognised in 95 % of 150', () => {
    expect(TABLETS.length).toBeGreaterThanOrEqual(150);
    expect(share(TABLETS, (each) => of(each).device_type === 'tablet')).toBeGreaterThan(0.95);
  });

  it('do not include one of the most common user agents that say Mobile', () => {
    const phones = topUserAgents.filter((each) => each.includes('Mobile') && !each.includes('iPad'));
    expect(phones.filter((each) => of(each).device_type === 'tablet')).toEqual([]);
  });
});

describe('the browser', () => {
  it.each([
    ['jane.doe@example.com/1.0 (x)', 'other'],
    ['4111111111111111/2 (x)', 'other'],
    ['Mozilla/5.0 (password=hunter2) jane/1.0', 'other'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Firefox'],
    [`${'x'.repeat(600)}@example.com/1.0`, 'other'],
    ['', 'unknown'],
  ])('of "%s" is %s: what a stranger writes does not leave', (userAgent, browser) => {
    expect(of(userAgent).browser).toBe(browser);
  });
});
