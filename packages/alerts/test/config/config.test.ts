import { definePlan } from '@qr/plan';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineConfig } from '../../src/config/index.ts';

const plan = definePlan({ destinations: [], events: {} });

describe('a service of the config', () => {
  it('needs a name and a port', () => {
    const { services } = defineConfig({ services: [{ name: 'reviews-service', port: 3006 }] });
    expect(services).toEqual([
      {
        name: 'reviews-service',
        port: 3006,
        folder: 'services/reviews-service',
        originVariable: 'REVIEWS_SERVICE_URL',
        database: undefined,
        forgetsUsers: true,
        instances: 1,
        publishedPort: undefined,
        variables: [],
      },
    ]);
  });

  it('keeps its name as a type', () => {
    const config = defineConfig({
      services: [{ name: 'reviews-service', port: 3006 }],
      web: { name: 'web-server', port: 3000 },
    });
    expectTypeOf<(typeof config.services)[number]['name']>().toEqualTypeOf<'reviews-service' | 'web-server'>();
    expect(config.web).toEqual({
      name: 'web-server',
      port: 3000,
      folder: 'apps/web-server',
      originVariable: 'WEB_SERVER_URL',
    });
  });
});

describe('the parts of the config', () => {
  it('are loaded when they are asked for', async () => {
    const loaded: string[] = [];
    const config = defineConfig({
      plan: async () => {
        loaded.push('plan');
        return plan;
      },
      alertRules: [],
    });
    expect(loaded).toEqual([]);
    expect(await config.loadPlan()).toBe(plan);
    expect(loaded).toEqual(['plan']);
  });

  it('are absent or empty by default', async () => {
    const config = defineConfig({});
    expect(config).toMatchObject({ services: [], web: undefined, funnel: [] });
    expect(await config.loadPlan()).toBeUndefined();
    expect(await config.loadPlanPaths()).toBeUndefined();
    expect(await config.loadAlertRules()).toEqual([]);
    expect(await config.loadDashboards()).toEqual({ sentry: [], mixpanelBoards: [], mixpanelCohorts: [] });
  });

  it('must be of their kind when they are loaded', async () => {
    // What a file in JavaScript may return, as a namespace instead of its plan.
    const config = defineConfig({ plan: (async () => ({ plan })) as never, alertRules: 'none' as never });
    await expect(config.loadPlan()).rejects.toThrow(
      'plan must be a plan of definePlan, or a function that returns it. Got an object with plan.',
    );
    await expect(config.loadAlertRules()).rejects.toThrow(
      'alertRules must be an array of rules, or a function that returns it. Got "none".',
    );
  });
});

it('lists every problem with its field', () => {
  const definition = {
    alerts: [],
    funnel: 'signup',
    services: [
      { name: 'Reviews', port: 99_999, instances: 0, variables: ['a'] },
      { name: 'b-service', port: 1, adress: 'b' },
    ],
  };
  expect(() => defineConfig(definition as never)).toThrow(`The observability config is not valid:
- alerts is not a known field. Expected one of plan, planPaths, alertRules, dashboards, funnel, services, web.
- funnel must be an array of event names, got "signup".
- services[0].name must be a name in kebab case, such as "reviews-service", got "Reviews".
- services[0].port must be a port number from 1 to 65535, got 99999.
- services[0].instances must be a whole number from 1 to 16, got 0.
- services[0].variables must be an array of names of environment variables, got ["a"].
- services[1].adress is not a known field. Expected one of name, port, folder, originVariable, database, forgetsUsers, instances, publishedPort, variables.`);
});

it.each([
  ['port', { name: 'b-service', port: 3001 }, 'port must differ: a-service and b-service both have 3001.'],
  ['name', { name: 'a-service', port: 3002 }, 'name must differ: a-service and a-service both have "a-service".'],
  ['schema', { name: 'b-service', port: 3002, database: 'a' }, 'database must differ: a-service and b-service both'],
])('refuses two services with the same %s', (_field, second, message) => {
  const services = [{ name: 'a-service', port: 3001, database: 'a' }, second];
  expect(() => defineConfig({ services })).toThrow(message);
});
