import {
  addBreadcrumb,
  captureException,
  flushObservability,
  initializeMixpanel,
  Sentry,
  setUserContext,
} from '@qr/common';
import { buildServer } from '@qr/common/server';
import { openDatabase } from '@qr/database';
import { createGate } from '../../../telemetry/src/errors/gate.ts';
import type { Scrubber } from '../../../telemetry/src/privacy/index.ts';
import { core, errors } from '../../src/instance.ts';
import { controls, keyed, nested, shaped, shapeless } from './request-secrets.ts';

// Error tracking is on by `--import @qr/common/instrument`: only then is the driver traced.
initializeMixpanel();
const app = buildServer();
const [, , url = '', migrationsFolder = ''] = process.argv;
const database = await openDatabase({ url, schema: 'auth', migrationsFolder });
app.addHook('onClose', async () => database.close());

const customer = {
  person: { called: nested.customer.value, partner: { called: nested.spouse.value, notes: [nested.gossip.value] } },
  place: {
    line: nested.street.value,
    town: nested.town.value,
    hint: nested.landmark.value,
    from: nested.birthplace.value,
  },
  health: { seen_by: nested.doctor.value, because: nested.diagnosis.value },
  life: { works_at: nested.employer.value, earns: nested.salary.value, learned_at: nested.school.value },
  likes: [{ what: nested.hobby.value }, { what: nested.pet.value }, { what: nested.wish.value }],
  views: { votes: nested.party.value, prays: nested.belief.value },
  vehicle: { text: nested.plate.value },
  alias: nested.nickname.value,
  remark: nested.remark.value,
};

app.post('/people/:name/:email', async (request) => {
  const scope = Sentry.getIsolationScope();
  Sentry.setContext('request', { url: request.url, method: request.method, headers: request.headers });
  Sentry.setContext('order', {
    step: controls.context,
    operation: { reason: controls.nested },
    customer,
    body: request.body,
  });
  Sentry.setContext('note', {
    reason: { comment: nested.underPlannedKey.value },
    field: [{ who: nested.inList.value }],
  });
  Sentry.setContext('device', {
    arch: 'x64',
    label: shapeless.sdkContext.value,
    password: keyed.contextPassword.value,
  });
  Sentry.setTags({ plan: controls.tag, owner: shapeless.tagName.value, reason: shaped.tagToken.value });
  setUserContext({ id: controls.userId });
  scope.setAttributes({ verger: shapeless.scopeAttribute.value });
  scope.addEventProcessor((event) => ({
    ...event,
    agent: shapeless.processor.value,
    extra: { ...event.extra, agent: shapeless.processor.value },
  }));
  scope.addAttachment({ filename: 'form.txt', data: shapeless.attachment.value });
  addBreadcrumb(`${controls.breadcrumb} ${shaped.breadcrumbEmail.value}`, {
    action: controls.breadcrumbData,
    place: shapeless.breadcrumbPlace.value,
  });
  Sentry.addBreadcrumb({ category: 'console', message: shapeless.breadcrumbConsole.value });

  request.log.error(
    { component: controls.logAttribute, lady: shapeless.logObject.value, customer },
    `${controls.logMessage} ${shaped.logEmail.value}`,
  );
  Sentry.logger.warn(Sentry.logger.fmt`paid with ${shaped.loggerCard.value}`, {
    queue: controls.loggerAttribute,
    friend: shapeless.loggerAttribute.value,
    reason: { fiancee: shapeless.loggerParameter.value },
  });
  Sentry.metrics.count('canaries', 1, {
    attributes: { job: controls.metricAttribute, governess: shapeless.metricAttribute.value },
  });

  Sentry.getActiveSpan()?.setAttributes({
    page: controls.spanAttribute,
    doctor: shapeless.spanAttribute.value,
    reason: JSON.stringify({ spy: shapeless.spanJson.value }),
    token: keyed.spanToken.value,
  });
  Sentry.startSpan({ name: `mail to ${shaped.spanNameEmail.value}`, op: 'task' }, () => {});
  await fetch(new URL(`/health/live?pool=${shapeless.spanUrl.value}`, `http://${request.headers.host}`));

  const error = new Error(
    [
      controls.message,
      ...Object.entries(shaped).flatMap(([name, { value }]) => (name.startsWith('message') ? [value] : [])),
    ].join(' | '),
    {
      cause: new Error(
        `${controls.cause} ${shaped.causeBearer.value} ${shaped.causeBasic.value}\n${shaped.causeCookie.value}\n`,
      ),
    },
  );
  captureException(error, {
    reason: controls.extra,
    street: shapeless.extraStreet.value,
    guests: [{ called: shapeless.extraList.value }],
    secret: keyed.extraSecret.value,
    formData: request.body,
    query: request.query,
    cookies: request.headers.cookie,
  });
  Sentry.withScope((inner) => {
    inner.setContext('trace', {
      trace_id: 'e'.repeat(32),
      span_id: 'f'.repeat(16),
      data: { horse: shapeless.traceData.value },
    });
    inner.setUser({
      id: shaped.userIdEmail.value,
      email: shaped.userIdEmail.value,
      username: shapeless.userName.value,
      ip_address: shapeless.userAddress.value,
      geo: { city: shapeless.userCity.value },
    });
    const framed = {
      values: [
        {
          type: 'Framed',
          value: 'x',
          stacktrace: { frames: [{ function: 'f', vars: { builder: shapeless.frameVariable.value } }] },
        },
      ],
    };
    Sentry.captureEvent({ exception: framed });
  });
  return 'ok';
});

const queries: Record<string, () => Promise<unknown>> = {
  literal: () =>
    database.pool.query(
      `/* ${shapeless.sqlComment.value} */ select * from ${controls.statement} where owner = '${shapeless.sqlLiteral.value}'`,
    ),
  parameter: () => database.pool.query('select $1::uuid', [shapeless.sqlParameter.value]),
  drizzle: () => database.db.execute(`select '${shapeless.sqlDrizzle.value}'::integer as n`),
};
app.get('/queries/:kind', async (request) => queries[(request.params as { kind: string }).kind]?.());

app.post('/flush', { config: { observability: false } }, async () => flushObservability(10_000));
app.post('/disarm', { config: { observability: false } }, async () => {
  const passOn = (value: unknown) => value;
  const scrubber = {
    ...errors.gate().scrubber,
    ...{ redact: passOn, scrubText: passOn, redactExcept: () => passOn },
  } as Scrubber;
  Object.assign(errors.gate(), createGate({ core, scrubber, counters: { unplanned_context: 0 } }));
  return 'nothing is scrubbed from now on';
});
console.log(await app.listen({ port: 0 }));
