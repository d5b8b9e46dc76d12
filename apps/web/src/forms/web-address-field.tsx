import type { ComponentProps, FocusEvent, ReactElement } from 'react';
import { Field } from './field.tsx';
import { completeWebAddress } from './web-address.ts';

type WebAddressFieldProps = Omit<ComponentProps<typeof Field>, 'type' | 'inputMode' | 'value' | 'onChange'> & {
  readonly value?: string;
  /** With what was typed, and with the completed address once the field is left. */
  readonly onChangeAddress?: (address: string) => void;
};

/** A field for a web address, which is completed with `https://` when it is left. Not of type `url`, with which browsers refuse the short form. */
export function WebAddressField({ onChangeAddress, ...field }: WebAddressFieldProps): ReactElement {
  const complete = ({ currentTarget }: FocusEvent<HTMLInputElement>) => {
    const address = completeWebAddress(currentTarget.value);
    if (address === currentTarget.value) return;
    if (onChangeAddress) onChangeAddress(address);
    else currentTarget.value = address;
  };
  return (
    <Field
      placeholder="example.com/menu"
      complaint="Enter a web address, such as example.com/menu."
      {...field}
      type="text"
      inputMode="url"
      autoCapitalize="none"
      spellCheck={false}
      onBlur={complete}
      {...(onChangeAddress && { onChange: ({ target }) => onChangeAddress(target.value) })}
    />
  );
}
