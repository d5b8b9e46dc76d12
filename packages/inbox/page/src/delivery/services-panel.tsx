import type { ReactElement } from 'react';
import { Empty } from '../shared/empty.tsx';
import { Loading } from '../shared/loading.tsx';
import { useJson } from '../shared/use-json.ts';
import { useTicks } from '../shared/use-ticks.ts';
import { ServiceLine } from './service-line.tsx';
import type { ServiceReport } from './service-stats.ts';

const ASK_EVERY_MS = 3000;

/** One line a service, with what it does with its telemetry. */
export function ServicesPanel(): ReactElement {
  const loaded = useJson<{ services: readonly ServiceReport[] }>('/api/delivery', useTicks(ASK_EVERY_MS));
  return (
    <section aria-labelledby="services-title">
      <h2 id="services-title">Services</h2>
      <Loading loaded={loaded}>
        {({ services }) =>
          services.length === 0 ? (
            <Empty title="No services configured">
              <p>
                <code>npm start</code> configures them. By hand: set <code>INBOX_SERVICES</code> to a list such as{' '}
                <code>auth-service=http://127.0.0.1:3001</code>, and <code>SERVICE_TOKEN</code> to the token that the
                services share.
              </p>
            </Empty>
          ) : (
            <ul className="services">
              {services.map((service) => (
                <li key={service.name}>
                  <ServiceLine service={service} />
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
    </section>
  );
}
