/** As much of it as the tests use; the package brings no types. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string, options?: { readonly runScripts?: 'dangerously'; readonly url?: string });
    readonly window: Window & typeof globalThis;
  }
}
