import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type AlertRule, type AlertState, evaluate } from '@qr/alerts';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { InboxData } from '../inbox-data.ts';
import type { ReportSource } from '../query/analytics/user-events.ts';
import { ownQueryClient } from './own-query-client.ts';

/** A rule beside what it says now. */
export interface EvaluatedAlert {
  readonly rule: AlertRule;
  readonly state: AlertState;
}

/** What `GET /api/alerts` answers. */
export interface Alerts {
  /** The zone whose hours and days were counted. */
  readonly timeZone: string;
  readonly alerts: readonly EvaluatedAlert[];
}

const Query = Type.Object({
  timezone: Type.String({
    default: 'UTC',
    description: "IANA name of the project's time zone, by whose calendar events are counted",
  }),
});

/** `GET /api/alerts`: every rule as it would say by what the inbox holds now. */
export function alertsRoute(
  instance: FastifyInstance,
  data: InboxData,
  source: ReportSource,
  rules: readonly AlertRule[],
): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  app.get('/api/alerts', { schema: { querystring: Query } }, async ({ query }): Promise<Alerts> => {
    const client = ownQueryClient(data, source, query.timezone);
    const states = await evaluate(rules, client, source.now());
    const ruleOf = new Map(rules.map((rule) => [rule.name, rule]));
    const alerts = states.flatMap((state) => {
      const rule = ruleOf.get(state.rule);
      return rule === undefined ? [] : [{ rule, state }];
    });
    return { timeZone: query.timezone, alerts };
  });
}
