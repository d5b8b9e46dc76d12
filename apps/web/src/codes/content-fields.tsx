import { type ReactElement, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { CodeType } from '../api/codes.ts';
import { Field, SelectField, WebAddressField } from '../forms/fields.tsx';
import { Loaded } from '../layout/loaded.tsx';
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
