import type { BrowserClient } from '@sentry/browser';
import type { PageParts } from '../eager/page-parts.ts';
import type { SentrySettings } from '../eager/sentry-lane.ts';

/** Starts and stops the recording with the person's answer. Its code, 39 KB, is fetched only when there is consent and the draw says so. */
export function followReplayConsent(client: BrowserClient, settings: SentrySettings, page: PageParts): void {
  const { consentState, onConsentChange, warnOnce } = page;
  // What is no number counts as 0; the Vite plugin says so at build.
  const sessions = settings.replaysSessionSampleRate ?? Number(import.meta.env.VITE_SENTRY_REPLAY_SAMPLE_RATE);
  const onError = settings.replaysOnErrorSampleRate ?? Number(import.meta.env.VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE);
  const isDrawn = Math.random() < sessions;
  if (!isDrawn && !(Math.random() < onError)) return;
  let replay: Promise<{ start(): void; stop(): unknown }> | undefined;

  const follow = () => {
    if (consentState().replay === 'granted') {
      replay ??= import('./replay.ts').then(({ addReplay }) => addReplay(client, isDrawn, warnOnce));
      replay.then((recording) => recording.start()).catch(fail);
    } else {
      replay?.then((recording) => recording.stop()).catch(fail);
    }
  };
  const fail = (error: unknown) => {
    replay = undefined;
    warnOnce(`the session recording could not be loaded (${error})`);
  };
  onConsentChange(follow);
  follow();
}
