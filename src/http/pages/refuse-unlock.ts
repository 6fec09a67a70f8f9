import { refusalStatus } from '../refusal-status';
import { sentenceFor } from '../sentences';
import { answerRefusal, show } from './page-route';
import type { PageRequest } from './page-route';

/** A link that leads nowhere, and what to do instead. */
export function refuseUnlock(
  page: PageRequest,
  because: 'unlock-link-over' | 'unlock-link-of-another' | 'unlock-used-up',
): Promise<void> {
  const { visitor, context } = page;
  const { loginPath, defaultReturnTo, issuer } = context.options;
  const signedIn = visitor.kind === 'known' && visitor.bearer.standing === 'session';
  const action = signedIn
    ? { label: `Back to ${issuer}`, path: defaultReturnTo }
    : { label: 'Sign in', path: loginPath };
  return answerRefusal(page, { because, status: refusalStatus(because) }, (status) =>
    show(
      page,
      'message',
      {
        tone: 'attention',
        heading: 'This link does not work',
        paragraphs: [sentenceFor(because)],
        retryAt: null,
        action,
        secondary: null,
      },
      status,
    ),
  );
}
