import { refusalStatus } from '../refusal-status';
import { sentenceFor } from '../sentences';
import { answerRefusal, show } from './page-route';
import type { PageRequest } from './page-route';

/** A link that leads nowhere, and what to do instead. */
export function refuseUnlock(
  page: PageRequest,
  because: 'unlock-link-over' | 'unlock-link-of-another' | 'unlock-used-up',
): Promise<void> {
  return answerRefusal(page, { because, status: refusalStatus(because) }, (status) =>
    show(
      page,
      'message',
      {
        tone: 'attention',
        heading: 'This link does not unlock anything',
        paragraphs: [sentenceFor(because)],
        retryAt: null,
        action: { label: 'Go on', path: page.context.options.loginPath },
        secondary: null,
      },
      status,
    ),
  );
}
