import { HALF_LOGINS } from './states';
import { tellCrawl } from './tell-crawl';

// The attack: somebody without a session, or with half a login or an ended one, tries every route of the app by every
// method, with the right token and everything that a form could want.

tellCrawl(HALF_LOGINS);
