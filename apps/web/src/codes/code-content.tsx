import type { ReactElement } from 'react';
import type { Code } from '../api/codes.ts';

/** What phones read from a code by themselves. */
export function CodeContent({ code: { wifi, vcard } }: { readonly code: Code }): ReactElement {
  return (
    <section className="card stack" aria-label="Content">
      <h2>{wifi ? 'Network' : 'Business card'}</h2>
      <dl>
        {wifi && <Row name="Name" value={wifi.ssid} />}
        {wifi && <Row name="Encryption" value={wifi.encryption === 'none' ? 'None' : wifi.encryption} />}
        {wifi?.password && <Row name="Password" value={wifi.password} />}
        <Row name="Name" value={[vcard?.firstName, vcard?.lastName].filter(Boolean).join(' ')} />
        <Row name="Company" value={vcard?.organization} />
        <Row name="Job title" value={vcard?.jobTitle} />
        <Row name="Phone" value={vcard?.phone} />
        <Row name="E-mail" value={vcard?.email} />
        <Row name="Web page" value={vcard?.url} />
      </dl>
      <p className="hint">
        Phones read this from the picture itself: it cannot be changed once it is printed, and scans are not counted.
      </p>
    </section>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string | undefined }): ReactElement | null {
  if (!value) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
