import { type ReactElement, useState } from 'react';
import type { CodeType } from '../api/codes.ts';
import { Field } from '../forms/field.tsx';
import { SelectField } from '../forms/select-field.tsx';
import { WebAddressField } from '../forms/web-address-field.tsx';
import { MicrositeField } from './microsite-field.tsx';

interface ContentFieldsProps {
  readonly type: CodeType;
  readonly errors: Readonly<Record<string, string>>;
}

/** What has to be typed for a kind of code. */
export function ContentFields({ type, errors }: ContentFieldsProps): ReactElement {
  if (type === 'url') return <UrlFields errors={errors} />;
  if (type === 'wifi') return <WifiFields errors={errors} />;
  if (type === 'vcard') return <VcardFields errors={errors} />;
  return <MicrositeField error={errors['micrositeId']} />;
}

type FieldsProps = Pick<ContentFieldsProps, 'errors'>;

function UrlFields({ errors }: FieldsProps): ReactElement {
  return (
    <WebAddressField
      label="Where should the code lead?"
      name="destinationUrl"
      autoComplete="url"
      required
      error={errors['destinationUrl']}
    />
  );
}

function WifiFields({ errors }: FieldsProps): ReactElement {
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
        error={errors['wifi.ssid']}
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
        error={errors['wifi.encryption']}
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
          error={errors['wifi.password']}
        />
      )}
      <label className="check">
        <input type="checkbox" name="wifi.hidden" />
        Hidden network
      </label>
    </>
  );
}

function VcardFields({ errors }: FieldsProps): ReactElement {
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
      error={errors[`vcard.${name}`]}
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
      <WebAddressField
        label="Web page"
        name="vcard.url"
        autoComplete="url"
        placeholder="example.com"
        error={errors['vcard.url']}
      />
    </>
  );
}
