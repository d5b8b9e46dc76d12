/** Everything that can be said to Mixpanel; names and properties have passed the plan already. */
export type MixpanelCall =
  | { readonly kind: 'event'; readonly name: string; readonly properties: Readonly<Record<string, unknown>> }
  | { readonly kind: 'identify'; readonly userId: string }
  | { readonly kind: 'profile'; readonly properties: Readonly<Record<string, unknown>> }
  | { readonly kind: 'reset' };
