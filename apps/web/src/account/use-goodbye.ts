import { startTransition } from 'react';
import { useNavigate } from 'react-router';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';

/** Leaves an account that is no more. */
export function useGoodbye(): () => void {
  const { forget } = useSession();
  const navigate = useNavigate();
  const notify = useNotice();
  return () => {
    // In one step: a page that needs a session would send to the log-in, and one for visitors would send a person with a session away.
    startTransition(() => {
      forget();
      void navigate('/signup', { replace: true });
    });
    notify('Your account and everything in it is deleted.', 'success');
  };
}
