import type { ReactElement } from 'react';
import { Empty } from '../shared/empty.tsx';
import { Loading } from '../shared/loading.tsx';
import { useJson } from '../shared/use-json.ts';
import { useTicks } from '../shared/use-ticks.ts';
import { ServiceSection } from './service-section.tsx';
import type { ServiceReport } from './service-stats.ts';

const ASK_EVERY_MS = 3000;

/** Each service with what it has queued, spooled, delivered, retried and dropped. */
export function ServicesPanel(): ReactElement {
  const loaded = useJson<{ services: readonly ServiceReport[] }>('/api/delivery', useTicks(ASK_EVERY_MS));
  return (
    <section aria-labelledby="services-title">
      <h2 id="services-title">Services</h2>
      <Loading loaded={loaded}>
        {({ services }) =>
          services.length === 0 ? (
            <Empty title="No service is asked">
              <p>
                <code>npm start</code> tells the inbox whom to ask. By hand: <code>INBOX_SERVICES</code> is a list such
                as <code>auth-service=http://127.0.0.1:3001</code>, and <code>SERVICE_TOKEN</code> the token that
                services show each other.
              </p>
            </Empty>
          ) : (
            <div className="services">
              {services.map((service) => (
                <ServiceSection key={service.name} service={service} />
              ))}
            </div>
          )
        }
      </Loading>
    </section>
  );
}
