import { expect, it } from 'vitest';
import { inboxesForTests } from './with-inbox.ts';

const start = inboxesForTests();

interface Description {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly parameters?: readonly { readonly name: string }[] } }>
  >;
}

it('describes the JSON API, with the parameters of its reports, and not what the vendors speak', async () => {
  const inbox = await start({ documentation: true });
  const response = await fetch(`${inbox.url}/documentation/json`);
  const { paths } = (await response.json()) as Description;
  const named = (path: string) => paths[path]?.get?.parameters?.map(({ name }) => name);
  expect(named('/api/query/segmentation')).toEqual(
    expect.arrayContaining(['event', 'from_date', 'to_date', 'type', 'on', 'where']),
  );
  expect(named('/api/query/funnels')).toEqual(expect.arrayContaining(['steps', 'length', 'length_unit']));
  expect(named('/api/query/retention')).toEqual(
    expect.arrayContaining(['retention_type', 'born_event', 'unbounded_retention']),
  );
  expect(named('/api/alerts')).toEqual(['timezone']);
  expect(named('/api/0/organizations/{organization}/events/')).toEqual(
    expect.arrayContaining(['dataset', 'field', 'query', 'start', 'end']),
  );
  expect(named('/api/events')).toEqual(expect.arrayContaining(['event', 'distinct_id', 'limit']));
  expect(
    Object.keys(paths).filter((path) => !path.startsWith('/api/') || /envelope|data-deletions|track/.test(path)),
  ).toEqual([]);
  expect((await fetch(`${inbox.url}/documentation/`)).status).toBe(200);
});

it('costs a test nothing that does not ask for it', async () => {
  const inbox = await start();
  expect((await fetch(`${inbox.url}/documentation/json`)).status).toBe(404);
});
