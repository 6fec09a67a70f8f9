import { SESSIONS } from './states';
import { tellCrawl } from './tell-crawl';

// The attack: a session that was let in without a second factor, or long after it, is used as if it had just been proven:
// a skip, an exemption, a remembered browser, an identity provider, an old proof, a lock. The last one shows that
// the same requests do their work where the proof is fresh.

tellCrawl(SESSIONS);
