import { type ReactElement, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { CodeType, NewCode, Vcard, Wifi } from '../api/codes.ts';
import { Field, SelectField, WebAddressField } from '../forms/fields.tsx';
import { completeWebAddress } from '../forms/web-address.ts';
import { Loaded } from '../layout/page.tsx';
import { useMicrosites } from '../microsites/queries.ts';

/** What has to be typed for a kind of code. */
export function ContentFields({ type }: { readonly type: CodeType }): ReactElement {
  if (type === 'url') return <UrlFields />;
  if (type === 'wifi') return <WifiFields />;
  if (type === 'vcard') return <VcardFields />;
  return <MicrositeField />;
}

function UrlFields(): ReactElement {
  return <WebAddressField label="Where should the code lead?" name="destinationUrl" autoComplete="url" required />;
}

function WifiFields(): ReactElement {
  const [encryption, setEncryption] = useState('WPA');
  return (
    <>
      <Field
        label="Name of the network"
        name="wifi.ssid"
        type="text"
        autoComplete="off"
        maxLength={32}
        required
        complaint="Enter the name of the network."
      />
      <SelectField
        label="Encryption"
        name="wifi.encryption"
        value={encryption}
        onChange={(event) => setEncryption(event.target.value)}
        options={[
          { value: 'WPA', label: 'WPA, WPA2 or WPA3' },
          { value: 'WEP', label: 'WEP' },
          { value: 'none', label: 'None' },
        ]}
      />
      {encryption !== 'none' && (
        <Field
          label="Password"
          name="wifi.password"
          type="text"
          autoComplete="off"
          spellCheck={false}
          required
          complaint={encryption === 'WEP' ? 'Enter the WEP key.' : 'Enter the password: 8 to 63 characters.'}
          hint="Anyone who scans the code can read it."
        />
      )}
      <label className="check">
        <input type="checkbox" name="wifi.hidden" />
        Hidden network
      </label>
    </>
  );
}

function VcardFields(): ReactElement {
  const field = (
    name: string,
    label: string,
    type: string,
    autoComplete: string,
    complaint = 'Leave out special characters.',
  ) => (
    <Field
      key={name}
      label={label}
      name={`vcard.${name}`}
      type={type}
      autoComplete={autoComplete}
      complaint={complaint}
    />
  );
  return (
    <>
      <div className="field-pair">
        {field('firstName', 'First name', 'text', 'given-name', 'Enter a first name, a last name or a company.')}
        {field('lastName', 'Last name', 'text', 'family-name')}
      </div>
      {field('organization', 'Company', 'text', 'organization')}
      {field('jobTitle', 'Job title', 'text', 'organization-title')}
      {field('phone', 'Phone', 'tel', 'tel', 'Enter a phone number, such as +41 44 123 45 67.')}
      {field('email', 'E-mail', 'email', 'email', 'Enter an e-mail address, such as ada@example.com.')}
      <WebAddressField label="Web page" name="vcard.url" autoComplete="url" placeholder="example.com" />
    </>
  );
}

/** Selects the microsite that a code leads to; `?microsite=` preselects one. */
function MicrositeField(): ReactElement {
  const [search] = useSearchParams();
  return (
    <Loaded query={useMicrosites()} action="list_microsites" height="line" label="Loading your microsites">
      {({ items }) =>
        items.length === 0 ? (
          <p>
            You have no microsite yet. <Link to="/microsites/new">Make one</Link>, and come back for its code.
          </p>
        ) : (
          <SelectField
            label="Microsite"
            name="micrositeId"
            defaultValue={search.get('microsite') ?? items[0]?.id}
            options={items.map(({ id, title, status }) => ({
              value: id,
              label: status === 'draft' ? `${title} (draft)` : title,
            }))}
            hint="Visitors see it once it is published."
          />
        )
      }
    </Loaded>
  );
}

/** The names of the form's fields, which are those that the API complains of. */
export const CODE_FIELDS = [
  ...['destinationUrl', 'micrositeId', 'title', 'logo'],
  ...['wifi.ssid', 'wifi.encryption', 'wifi.password', 'wifi.hidden'],
  ...['vcard.firstName', 'vcard.lastName', 'vcard.organization', 'vcard.jobTitle'],
  ...['vcard.phone', 'vcard.email', 'vcard.url'],
] as const;

/** Makes what the API wants of what was typed; a field that was left empty is left out. */
export function readCodeForm(type: CodeType, data: FormData, logo: string | undefined): NewCode {
  const text = (name: string) => {
    const value = data.get(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const title = text('title');
  return {
    type,
    ...contentOf(type, text, data),
    ...(title !== undefined && { title }),
    ...(logo !== undefined && { logo }),
  };
}

type Text = (name: string) => string | undefined;

function contentOf(type: CodeType, text: Text, data: FormData): Omit<NewCode, 'type' | 'title' | 'logo'> {
  if (type === 'url') return { destinationUrl: completeWebAddress(text('destinationUrl') ?? '') };
  if (type === 'microsite') return { micrositeId: text('micrositeId') ?? '' };
  if (type === 'vcard') return { vcard: readVcard(text) };
  return { wifi: readWifi(text, data) };
}

function readWifi(text: Text, data: FormData): Wifi {
  const encryption = (text('wifi.encryption') ?? 'WPA') as Wifi['encryption'];
  // Spaces belong to a password.
  const password = data.get('wifi.password');
  return {
    ssid: text('wifi.ssid') ?? '',
    encryption,
    ...(encryption !== 'none' && typeof password === 'string' && password !== '' && { password }),
    ...(data.get('wifi.hidden') !== null && { hidden: true }),
  };
}

function readVcard(text: Text): Vcard {
  const names = ['firstName', 'lastName', 'organization', 'jobTitle', 'phone', 'email', 'url'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = text(`vcard.${name}`);
      return value === undefined ? [] : [[name, name === 'url' ? completeWebAddress(value) : value]];
    }),
  );
}

/** What the API accepts. */
const MAX_LOGO_BYTES = 200_000;

/** A picture as a data URL, or undefined when it is too large. */
export async function readLogo(file: File): Promise<string | undefined> {
  if (file.size > MAX_LOGO_BYTES) return undefined;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The logo could not be read.'));
    reader.readAsDataURL(file);
  });
}
