/**
 * Whether the browser has answered for the person, by Do-Not-Track or Global Privacy Control (https://w3c.github.io/gpc/).
 * The consent of `@qr/browser` obeys the same two signals.
 */
export function browserRefuses(browser: Navigator = navigator): boolean {
  const { doNotTrack, globalPrivacyControl } = browser as Navigator & { readonly globalPrivacyControl?: boolean };
  return doNotTrack === '1' || globalPrivacyControl === true;
}
