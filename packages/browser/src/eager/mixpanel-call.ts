/** Everything that can be said to Mixpanel, as it was said: what is not planned is left out when it is sent. */
export type MixpanelCall =
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly properties: Readonly<Record<string, unknown>>;
      /** Of the page on which it happened. */
      readonly traceId: string | undefined;
    }
  | { readonly kind: 'identify'; readonly userId: string }
  | { readonly kind: 'profile'; readonly properties: Readonly<Record<string, unknown>> }
  | { readonly kind: 'reset' };
