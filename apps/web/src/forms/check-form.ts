/** Stands beside a field that has no sentence of its own. */
const REQUIRED = 'Fill this in.';

/** What is wrong with the fields of a form before it is sent, by name: the sentence of each field for what was left out or mistyped. */
export function checkForm(form: HTMLFormElement): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) continue;
    // Unlike the browser, which takes spaces for an answer.
    const isEmpty = element.type !== 'password' && element.value.trim() === '';
    const isTooShort = element.minLength > 0 && element.value.length < element.minLength;
    const isWrong = element.required && (isEmpty || isTooShort || element.value === '');
    if (isWrong || element.validity.typeMismatch) errors[element.name] = complaintOf(element) ?? REQUIRED;
  }
  return errors;
}

// What a schema says of a value, in words for programmers.
const FOR_PROGRAMMERS =
  /^(?:is required|must not be empty|is not in the right form|must be an address that begins|must have a firstName)/;

/**
 * A complaint of the API as it stands beside its field. The API begins with the field's name and follows with what a schema asks for, for which the field has
 * a sentence of its own; complaints in other words are for people already.
 */
export function plainComplaint(form: HTMLFormElement, field: string, message: string): string {
  // The message may name the group of a field: `vcard must have …` of `vcard.firstName`.
  const name = [field, field.split('.')[0]].find((each) => message.startsWith(`${each} `));
  if (name === undefined) return message;
  const rest = message.slice(name.length + 1);
  const own = FOR_PROGRAMMERS.test(rest) ? complaintOf(form.elements.namedItem(field)) : undefined;
  return own ?? `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`;
}

function complaintOf(element: Element | RadioNodeList | null): string | undefined {
  return element instanceof HTMLElement ? element.dataset['complaint'] : undefined;
}
