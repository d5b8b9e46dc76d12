import { loadConfig } from '@qr/common';
import { expect, it } from 'vitest';
import { environment, erasureServices } from '../src/config.ts';

const REQUIRED = {
  DATABASE_URL: 'postgres://postgres@127.0.0.1:5432/postgres',
  JWT_SECRET: 'a-secret-for-sessions-of-32-characters',
  SERVICE_TOKEN: 'a-token-of-services-of-32-characters',
};
const servicesOf = (env: Record<string, string>) => erasureServices(loadConfig(environment, { ...REQUIRED, ...env }));

it('notifies the services of ERASURE_SERVICES, each instance of them', () => {
  const list = 'qr-service=http://qr:3000,routing-service=http://routing-1:3000,routing-service=http://routing-2:3000';
  expect(servicesOf({ ERASURE_SERVICES: list, ANALYTICS_URL: 'http://analytics:3000' })).toEqual({
    'qr-service': ['http://qr:3000'],
    'routing-service': ['http://routing-1:3000', 'http://routing-2:3000'],
  });
});

it('notifies the services that have a variable of their own without ERASURE_SERVICES', () => {
  const services = servicesOf({ ROUTING_SERVICE_URL: 'http://a:1,http://b:1', ANALYTICS_URL: 'http://analytics:3000' });
  expect(services).toEqual({
    'qr-service': ['http://127.0.0.1:3002'],
    'microsite-service': ['http://127.0.0.1:3003'],
    'routing-service': ['http://a:1', 'http://b:1'],
    'analytics-service': ['http://analytics:3000'],
  });
});

it.each(['qr-service', 'qr-service=qr:3000', 'qr-service=http://qr:3000/path'])('refuses "%s"', (list) => {
  expect(() => servicesOf({ ERASURE_SERVICES: list })).toThrow('ERASURE_SERVICES');
});
