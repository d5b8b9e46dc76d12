/** Whether the browser asks not to be tracked: Do-Not-Track, or Global Privacy Control (https://w3c.github.io/gpc/). */
export function asksForPrivacy(browser: Navigator = navigator): boolean {
  const { doNotTrack, globalPrivacyControl } = browser as Navigator & { readonly globalPrivacyControl?: boolean };
  return doNotTrack === '1' || globalPrivacyControl === true;
}
